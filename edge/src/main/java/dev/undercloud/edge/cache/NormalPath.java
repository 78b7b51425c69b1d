package dev.undercloud.edge.cache;

import java.nio.charset.StandardCharsets;

/**
 * The path of a key in its normal form: escapes in upper case (RFC 3986, 6.2.2.1), and those of
 * unreserved characters decoded (6.2.2.2), which by that rule mean the same to whoever reads them.
 * Nothing wider: an encoded slash stays one, and so does a dot at the beginning of a segment, since
 * a segment of dots is not the same to everybody. The query stays as it is, and so does a path with
 * a percent sign that escapes nothing: decoding beside it could make an escape. The app gets what
 * the client sent. Pure.
 */
final class NormalPath {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private NormalPath() {}

  /**
   * Rewrites path and query in {@code bytes[from, end)}.
   *
   * @return the new end, at most the old one
   */
  static int normalise(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end && bytes[i] != '%' && bytes[i] != '?') {
      i++;
    }
    boolean sound = i < end && bytes[i] == '%' && isSound(bytes, i, end);
    return sound ? rewrite(bytes, from, i, end) : end;
  }

  /** The same of a path, a path with its query, or the beginning of one. */
  static String normalise(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
    int end = normalise(bytes, 0, bytes.length);
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  /** Whether every percent sign of the path begins an escape. */
  private static boolean isSound(byte[] bytes, int from, int end) {
    for (int i = from; i < end && bytes[i] != '?'; i++) {
      if (bytes[i] == '%' && (i + 2 >= end || escaped(bytes[i + 1], bytes[i + 2]) < 0)) {
        return false;
      }
    }
    return true;
  }

  private static int rewrite(byte[] bytes, int from, int escape, int end) {
    int o = escape;
    int i = escape;
    boolean leading = isLeading(bytes, from, escape);
    while (i < end && bytes[i] != '?') {
      byte c = bytes[i];
      if (c != '%') {
        bytes[o++] = c;
        i++;
        leading = c == '/' || leading && c == '.';
        continue;
      }
      int value = escaped(bytes[i + 1], bytes[i + 2]);
      boolean dot = value == '.';
      if (isUnreserved(value) && !(dot && leading)) {
        bytes[o++] = (byte) value;
      } else {
        bytes[o++] = '%';
        bytes[o++] = HEX[value >> 4];
        bytes[o++] = HEX[value & 15];
      }
      leading &= dot;
      i += 3;
    }
    System.arraycopy(bytes, i, bytes, o, end - i);
    return o + end - i;
  }

  /** Whether there is nothing but dots between the last slash and {@code at}. */
  private static boolean isLeading(byte[] bytes, int from, int at) {
    int i = at;
    while (i > from && bytes[i - 1] == '.') {
      i--;
    }
    return i == from || bytes[i - 1] == '/';
  }

  private static int escaped(byte high, byte low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : h << 4 | l;
  }

  /** RFC 3986, 2.3. */
  private static boolean isUnreserved(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
