package dev.undercloud.edge.http2;

import io.netty.util.AsciiString;

/** Which characters HTTP/2 allows where (RFC 9113, 8.2.1). */
final class Chars {
  private static final boolean[] NAME = new boolean[256];

  static {
    String allowed = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    for (int i = 0; i < allowed.length(); i++) {
      NAME[allowed.charAt(i)] = true;
    }
  }

  private Chars() {}

  /** A token without capital letters. */
  static boolean isName(AsciiString name) {
    byte[] bytes = name.array();
    int end = name.arrayOffset() + name.length();
    for (int i = name.arrayOffset(); i < end; i++) {
      if (!NAME[bytes[i] & 0xff]) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** Text without control characters but tab, and without white space around it. */
  static boolean isValue(AsciiString value) {
    byte[] bytes = value.array();
    int from = value.arrayOffset();
    int end = from + value.length();
    for (int i = from; i < end; i++) {
      byte c = bytes[i];
      if (c >= 0 && c < ' ' && c != '\t' || c == 0x7f) {
        return false;
      }
    }
    return value.isEmpty() || !isBlank(bytes[from]) && !isBlank(bytes[end - 1]);
  }

  /** A value that holds no white space at all: it becomes a word of a request line. */
  static boolean isWord(AsciiString value) {
    byte[] bytes = value.array();
    int end = value.arrayOffset() + value.length();
    for (int i = value.arrayOffset(); i < end; i++) {
      byte c = bytes[i];
      if (c >= 0 && c <= ' ' || c == 0x7f) {
        return false;
      }
    }
    return !value.isEmpty();
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t';
  }
}
