package dev.undercloud.edge.http1;

/**
 * What the Connection fields of one head say (RFC 9110, 7.6.1): options we know, and names of
 * fields that are for this hop alone.
 */
final class ConnectionOptions {
  /** Names beyond the options we know; real clients send one or two. */
  static final int MOST_NAMES = 16;

  /** Elements of the list, empty ones included, which a sender may not produce but may contain. */
  private static final int MOST_ELEMENTS = 32;

  private static final byte[] CLOSE = Octets.ascii("close");
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final byte[] UPGRADE = Octets.ascii("upgrade");

  boolean close;
  boolean keepAlive;
  boolean upgrade;

  private final int[] nameAt = new int[MOST_NAMES];
  private final int[] nameLength = new int[MOST_NAMES];
  private int names;
  private int elements;

  void clear() {
    close = keepAlive = upgrade = false;
    names = elements = 0;
  }

  /** Adds one field's value; 0 or a reject code. */
  int add(byte[] in, int from, int end) {
    int i = from;
    while (i < end) {
      if (++elements > MOST_ELEMENTS) {
        return Reject.CONNECTION.code();
      }
      int token = skipBlank(in, i, end);
      int tokenEnd = Octets.skip(in, token, end, Octets.TOKEN);
      i = skipBlank(in, tokenEnd, end);
      if (i < end && in[i] != ',') {
        return Reject.CONNECTION.code();
      }
      i++;
      if (tokenEnd > token) {
        int fault = option(in, token, tokenEnd - token);
        if (fault != 0) {
          return fault;
        }
      }
    }
    return 0;
  }

  private int option(byte[] in, int at, int length) {
    if (Octets.equal(in, at, length, CLOSE)) {
      close = true;
    } else if (Octets.equal(in, at, length, KEEP_ALIVE)) {
      keepAlive = true;
    } else if (Octets.equal(in, at, length, UPGRADE)) {
      upgrade = true;
    } else if (FieldName.of(in, at, length).isProtected) {
      return Reject.CONNECTION_NAMES_PROTECTED.code();
    } else if (names == MOST_NAMES) {
      return Reject.CONNECTION.code();
    } else {
      nameAt[names] = at;
      nameLength[names++] = length;
    }
    return 0;
  }

  /** Whether field {@code f} was named, and so ends here. */
  boolean names(byte[] in, FieldSection fields, int f) {
    int at = fields.start[f];
    int length = fields.nameEnd[f] - at;
    for (int n = 0; n < names; n++) {
      if (nameLength[n] == length && Octets.equal(in, at, nameAt[n], length)) {
        return true;
      }
    }
    return false;
  }

  private static int skipBlank(byte[] in, int i, int end) {
    while (i < end && Octets.isBlank(in[i])) {
      i++;
    }
    return i;
  }
}
