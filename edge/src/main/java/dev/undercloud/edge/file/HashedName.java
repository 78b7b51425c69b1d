package dev.undercloud.edge.file;

/**
 * Tells names that carry a hash of their content, and so never change it: {@code
 * base.27e20196a850.css} of Django's manifest storage, {@code main.3f2a9c1b.js} of webpack, {@code
 * index-4a5b6c7d.js} and {@code index-BsX3kd_9.js} of Vite. Told by looks: what is missed is
 * revalidated a little too often; a name wrongly taken for one would be stale for a year, so dates,
 * versions and words do not pass.
 */
final class HashedName {
  private static final int SHORTEST = 8;

  /** SHA-256 in hex. */
  private static final int LONGEST_HEX = 64;

  /** Kinds of characters follow each other at random in a hash, in runs in a word. */
  private static final int TURNS_IN_HEX = 2;

  private static final int TURNS_IN_BASE64 = 4;

  private HashedName() {}

  /** Whether the file name in {@code in[from, to)} has a hash before its last extension. */
  static boolean is(byte[] in, int from, int to) {
    int dot = to - 1;
    while (dot > from && in[dot] != '.') {
      dot--;
    }
    // Source maps have two extensions: main.3f2a9c1b.js.map.
    return dot > from && (stem(in, from, dot) || stem(in, from, lastDot(in, from, dot)));
  }

  private static int lastDot(byte[] in, int from, int to) {
    int dot = to - 1;
    while (dot > from && in[dot] != '.') {
      dot--;
    }
    return Math.max(dot, from);
  }

  private static boolean stem(byte[] in, int from, int to) {
    int hex = to;
    while (hex > from && isHex(in[hex - 1])) {
      hex--;
    }
    if (hex > from && isSeparator(in[hex - 1]) && hex - 1 > from) {
      int length = to - hex;
      if (length >= SHORTEST && length <= LONGEST_HEX && turns(in, hex, to) >= TURNS_IN_HEX) {
        return true;
      }
    }
    int start = to - SHORTEST;
    return start - 1 > from
        && isSeparator(in[start - 1])
        && isBase64(in, start, to)
        && turns(in, start, to) >= TURNS_IN_BASE64;
  }

  private static boolean isSeparator(byte c) {
    return c == '.' || c == '-' || c == '_';
  }

  private static boolean isHex(byte c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }

  /** Digits, small and capital letters, all of them there. */
  private static boolean isBase64(byte[] in, int from, int to) {
    int kinds = 0;
    for (int i = from; i < to; i++) {
      if (kind(in[i]) == 0) {
        return false;
      }
      kinds |= kind(in[i]);
    }
    return (kinds & 7) == 7;
  }

  private static int turns(byte[] in, int from, int to) {
    int turns = 0;
    for (int i = from + 1; i < to; i++) {
      turns += kind(in[i]) != kind(in[i - 1]) ? 1 : 0;
    }
    return turns;
  }

  private static int kind(byte c) {
    if (c >= '0' && c <= '9') {
      return 1;
    }
    if (c >= 'a' && c <= 'z') {
      return 2;
    }
    if (c >= 'A' && c <= 'Z') {
      return 4;
    }
    return c == '-' || c == '_' ? 8 : 0;
  }
}
