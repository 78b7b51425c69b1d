package dev.undercloud.edge.http1;

/**
 * Host and authority (RFC 9110, 7.2; RFC 3986, 3.2.2): a name or an address and a port, without
 * userinfo, escapes or lists, since two readers might take different parts of those for the host.
 */
final class HostName {
  /** A DNS name has at most 253 characters, with its final dot 254. */
  static final int MOST_BYTES = 254;

  /** The host in lower case, without port and final dot; an IPv6 address in its brackets. */
  final byte[] key = new byte[MOST_BYTES];

  int keyLength;

  void clear() {
    keyLength = 0;
  }

  /** Checks and makes the key; 0 or a reject code. */
  int parse(byte[] in, int from, int end) {
    keyLength = 0;
    int hostEnd = from < end && in[from] == '[' ? bracketed(in, from, end) : name(in, from, end);
    if (hostEnd < 0 || !isPort(in, hostEnd, end)) {
      return Reject.HOST.code();
    }
    int length = hostEnd - from;
    if (in[hostEnd - 1] == '.') {
      length--;
    }
    if (length > MOST_BYTES - 1) {
      return Reject.HOST.code();
    }
    for (int i = 0; i < length; i++) {
      key[i] = (byte) Octets.lower(in[from + i]);
    }
    keyLength = length;
    return 0;
  }

  /** End of a name whose labels are not empty, or -1. */
  private static int name(byte[] in, int from, int end) {
    int i = Octets.skip(in, from, end, Octets.HOST);
    byte before = '.';
    for (int k = from; k < i; k++) {
      if (in[k] == '.' && before == '.') {
        return -1;
      }
      before = in[k];
    }
    return i == from ? -1 : i;
  }

  /** End of {@code [address]} made of digits, colons and dots with at least two colons, or -1. */
  private static int bracketed(byte[] in, int from, int end) {
    int colons = 0;
    for (int i = from + 1; i < end; i++) {
      int c = Octets.lower(in[i]);
      if (c == ']') {
        return colons >= 2 && colons <= 8 && i - from <= 46 ? i + 1 : -1;
      }
      if (c == ':') {
        colons++;
      } else if (c != '.' && !(c >= 'a' && c <= 'f') && !Octets.isDigit(in[i])) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isPort(byte[] in, int from, int end) {
    if (from == end) {
      return true;
    }
    if (in[from] != ':' || end - from > 6) {
      return false;
    }
    long port = Octets.decimal(in, from + 1, end);
    return port >= 0 && port <= 65535;
  }
}
