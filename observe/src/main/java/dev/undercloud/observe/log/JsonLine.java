package dev.undercloud.observe.log;

import java.util.Arrays;

/**
 * Writes JSON into a growing byte buffer, without objects between: the access log is written for
 * every request. One thread.
 */
final class JsonLine {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  byte[] bytes = new byte[16 << 10];
  int length;

  /** What is JSON already. */
  void raw(byte[] json) {
    room(json.length);
    System.arraycopy(json, 0, bytes, length, json.length);
    length += json.length;
  }

  void raw(char c) {
    room(1);
    bytes[length++] = (byte) c;
  }

  /** Digits of {@code value}, at least {@code width} of them; not negative. */
  void number(long value, int width) {
    room(24);
    int digits = 1;
    for (long v = value; v >= 10; v /= 10) {
      digits++;
    }
    digits = Math.max(digits, width);
    for (int i = length + digits - 1; i >= length; i--) {
      long tenth = value / 10;
      bytes[i] = (byte) ('0' + (value - tenth * 10));
      value = tenth;
    }
    length += digits;
  }

  void number(long value) {
    number(value, 1);
  }

  /** Microseconds as milliseconds with three decimals. */
  void millis(long micros) {
    number(micros / 1000);
    raw('.');
    number(micros % 1000, 3);
  }

  void hex(long value) {
    room(16);
    for (int shift = 60; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[(int) (value >>> shift) & 15];
    }
  }

  /** A JSON string of bytes that came over the wire: each byte a character. */
  void text(byte[] from, int count) {
    room(count * 6 + 2);
    bytes[length++] = '"';
    int plain = plain(from, count);
    System.arraycopy(from, 0, bytes, length, plain);
    length += plain;
    for (int i = plain; i < count; i++) {
      character((char) (from[i] & 0xff));
    }
    bytes[length++] = '"';
  }

  /** How many of the first bytes stand for themselves in JSON: mostly all. */
  private static int plain(byte[] from, int count) {
    int i = 0;
    while (i < count && from[i] >= 0x20 && from[i] != '"' && from[i] != '\\' && from[i] != 0x7f) {
      i++;
    }
    return i;
  }

  /** A JSON string. */
  void text(String text) {
    room(text.length() * 6 + 2);
    bytes[length++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        escape(c);
      } else {
        character(c);
      }
    }
    bytes[length++] = '"';
  }

  private void character(char c) {
    if (c == '"' || c == '\\') {
      bytes[length++] = '\\';
      bytes[length++] = (byte) c;
    } else if (c < 0x20 || c == 0x7f) {
      escape(c);
    } else if (c < 0x80) {
      bytes[length++] = (byte) c;
    } else if (c < 0x800) {
      bytes[length++] = (byte) (0xc0 | c >> 6);
      bytes[length++] = (byte) (0x80 | c & 0x3f);
    } else {
      bytes[length++] = (byte) (0xe0 | c >> 12);
      bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
      bytes[length++] = (byte) (0x80 | c & 0x3f);
    }
  }

  private void escape(char c) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[c >>> shift & 15];
    }
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
