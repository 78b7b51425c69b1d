package dev.undercloud.edge.file;

import java.nio.charset.StandardCharsets;

/** Writes heads. Not for several threads at once. */
final class Lines {
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] LENGTH = ascii("Content-Length: ");
  private static final byte[] DATE = ascii("Date: ");

  private byte[] out = {};
  private int length;

  Lines to(byte[] out) {
    this.out = out;
    length = 0;
    return this;
  }

  /** Lines or parts of lines. */
  Lines put(byte[] bytes) {
    System.arraycopy(bytes, 0, out, length, bytes.length);
    length += bytes.length;
    return this;
  }

  Lines date(byte[] date) {
    return put(DATE).put(date).put(CRLF);
  }

  Lines contentLength(long value) {
    put(LENGTH);
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return put(CRLF);
  }

  /** The empty line; the head's length. */
  int end() {
    put(CRLF);
    return length;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
