package dev.undercloud.edge.http1;

/**
 * The fields that say where a body ends (RFC 9112, 6): at most one of them, once, in its plainest
 * form. Anything else is how requests are smuggled.
 */
final class Framing {
  private static final byte[] CHUNKED = Octets.ascii("chunked");

  /** Bytes the body is declared to have, or -1. */
  long contentLength;

  boolean chunked;

  void clear() {
    contentLength = -1;
    chunked = false;
  }

  /** 0 or a reject code. */
  int length(byte[] in, int from, int end) {
    if (contentLength >= 0) {
      return Reject.SEVERAL_LENGTHS.code();
    }
    contentLength = Octets.decimal(in, from, end);
    return contentLength < 0 ? Reject.CONTENT_LENGTH.code() : 0;
  }

  /** 0 or a reject code. */
  int coding(byte[] in, int from, int end) {
    if (chunked) {
      return Reject.TRANSFER_ENCODING.code();
    }
    if (Octets.equal(in, from, end - from, CHUNKED)) {
      chunked = true;
      return 0;
    }
    return otherCoding(in, from, end).code();
  }

  /** 0 or a reject code, once all fields are known. */
  int check(int minor) {
    if (!chunked) {
      return 0;
    }
    if (contentLength >= 0) {
      return Reject.LENGTH_AND_CODING.code();
    }
    return minor == 0 ? Reject.CODING_IN_HTTP_10.code() : 0;
  }

  /** A well-formed list of foreign codings before one {@code chunked} is 501; the rest is 400. */
  private static Reject otherCoding(byte[] in, int from, int end) {
    int i = from;
    while (i < end) {
      int token = i;
      i = Octets.skip(in, i, end, Octets.TOKEN);
      boolean last = i == end;
      boolean isChunked = Octets.equal(in, token, i - token, CHUNKED);
      if (i == token || last != isChunked) {
        return Reject.TRANSFER_ENCODING;
      }
      if (last) {
        return Reject.CODING_UNKNOWN;
      }
      while (i < end && Octets.isBlank(in[i])) {
        i++;
      }
      if (i == end || in[i] != ',') {
        return Reject.TRANSFER_ENCODING;
      }
      i++;
      while (i < end && Octets.isBlank(in[i])) {
        i++;
      }
    }
    return Reject.TRANSFER_ENCODING;
  }
}
