package dev.undercloud.edge.http1;

/**
 * A request target (RFC 9112, 3.2) as path and authority. Origin-form passes as it is,
 * absolute-form is taken apart, asterisk-form is for OPTIONS alone, authority-form for nobody.
 */
final class RequestTarget {
  private static final byte[] HTTP = Octets.ascii("http://");
  private static final byte[] HTTPS = Octets.ascii("https://");

  /** Path and query; with length 0 it is {@code /} or, for OPTIONS, {@code *}. */
  int pathAt;

  int pathLength;

  /** An absolute URL with a query right behind its authority lacks the slash. */
  boolean slashMissing;

  int authorityAt;

  /** 0 where the target is not an absolute URL. */
  int authorityLength;

  /** The target's bytes are known to be visible ASCII without {@code #}; 0 or a reject code. */
  int parse(byte[] in, int from, int end, boolean options) {
    pathAt = from;
    pathLength = end - from;
    authorityLength = 0;
    slashMissing = false;
    if (in[from] == '/') {
      return 0;
    }
    if (in[from] == '*' && pathLength == 1 && options) {
      return 0;
    }
    int scheme = schemeLength(in, from, end - from);
    return scheme == 0 ? Reject.TARGET.code() : absolute(in, from + scheme, end);
  }

  private static int schemeLength(byte[] in, int at, int length) {
    if (Octets.startsWith(in, at, length, HTTP)) {
      return HTTP.length;
    }
    return Octets.startsWith(in, at, length, HTTPS) ? HTTPS.length : 0;
  }

  private int absolute(byte[] in, int from, int end) {
    int i = from;
    while (i < end && in[i] != '/' && in[i] != '?') {
      i++;
    }
    if (i == from) {
      return Reject.TARGET.code();
    }
    authorityAt = from;
    authorityLength = i - from;
    pathAt = i;
    pathLength = end - i;
    slashMissing = i < end && in[i] == '?';
    return 0;
  }
}
