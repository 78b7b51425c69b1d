package dev.undercloud.edge.rule;

/** Where a redirect or a rewrite goes: bytes with a hole for what the route's {@code *} matched. */
public final class Target {
  private static final byte[] HEX = Route.ascii("0123456789ABCDEF");

  /** What passes unescaped: RFC 3986 `pchar` and slashes. */
  private static final boolean[] PLAIN = plain();

  private final byte[] before;
  private final byte[] after;
  private final boolean hole;

  Target(String text) {
    int star = text.indexOf('*');
    hole = star >= 0;
    before = Route.latin(hole ? text.substring(0, star) : text);
    after = Route.latin(hole ? text.substring(star + 1) : "");
  }

  private static boolean[] plain() {
    boolean[] plain = new boolean[128];
    String all = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~!$&'()*+,;=:@/";
    for (int i = 0; i < all.length(); i++) {
      plain[all.charAt(i)] = true;
    }
    return plain;
  }

  /**
   * Writes it for a request.
   *
   * @param fixed how much of the plain path the {@code *} does not stand for
   * @param in holds the query
   * @param query where its question mark is
   * @param end of the query; {@code query} where there is none
   * @return the length, or -1 where {@code out} is too small
   */
  public int write(PathForms paths, int fixed, byte[] in, int query, int end, byte[] out) {
    int o = put(before, 0, before.length, out, 0);
    if (hole) {
      byte[] path = paths.bytes(PathForms.PLAIN);
      int at = paths.at(PathForms.PLAIN);
      o = escaped(path, at + fixed, at + paths.length(PathForms.PLAIN), out, o);
    }
    o = put(after, 0, after.length, out, o);
    return end > query && !hasQuery() ? put(in, query, end, out, o) : o;
  }

  private boolean hasQuery() {
    return contains(before, '?') || contains(after, '?');
  }

  private static boolean contains(byte[] in, char c) {
    for (byte each : in) {
      if (each == c) {
        return true;
      }
    }
    return false;
  }

  private static int escaped(byte[] in, int from, int to, byte[] out, int at) {
    int o = at;
    for (int i = from; i < to && o >= 0; i++) {
      byte c = in[i];
      if (o + 3 > out.length) {
        return -1;
      }
      if (c >= 0 && PLAIN[c]) {
        out[o++] = c;
      } else {
        out[o++] = '%';
        out[o++] = HEX[c >> 4 & 15];
        out[o++] = HEX[c & 15];
      }
    }
    return o;
  }

  private static int put(byte[] in, int from, int to, byte[] out, int at) {
    if (at < 0 || at + to - from > out.length) {
      return -1;
    }
    System.arraycopy(in, from, out, at, to - from);
    return at + to - from;
  }
}
