package dev.undercloud.edge.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Scans and writes of bytes that the parsers and rewriters share. */
public final class Octets {
  /** Character of a token (RFC 9110, 5.6.2). */
  public static final int TOKEN = 1;

  /**
   * Token characters that can make a field name pass for another one: CGI and WSGI turn dashes into
   * underscores, and some servers every other mark as well ({@code X.Forwarded.For}).
   */
  static final int LOOKALIKE = 2;

  /** Character of a method as they are registered: upper-case letters, {@code -}, {@code _}. */
  static final int METHOD = 4;

  /** Visible ASCII but {@code #}: browsers send characters that RFC 3986 would have escaped. */
  static final int TARGET = 8;

  /** Character of a host name; wider than DNS by the underscore that containers' names have. */
  static final int HOST = 16;

  private static final byte[] CLASS = classes();
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Octets() {}

  private static byte[] classes() {
    byte[] classes = new byte[256];
    String alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    mark(classes, "!#$%&'*+-.^_`|~" + alphanumeric, TOKEN);
    mark(classes, "!#$%&'*+._^`|~", LOOKALIKE);
    mark(classes, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_", METHOD);
    mark(classes, alphanumeric + "-_.", HOST);
    for (int c = '!'; c <= '~'; c++) {
      classes[c] |= c == '#' ? 0 : TARGET;
    }
    return classes;
  }

  private static void mark(byte[] classes, String characters, int bit) {
    for (int i = 0; i < characters.length(); i++) {
      classes[characters.charAt(i)] |= (byte) bit;
    }
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The class bits of a byte. */
  static int classOf(byte c) {
    return CLASS[c & 0xff];
  }

  /** Index of the first byte outside {@code bit}'s class, or {@code end}. */
  public static int skip(byte[] in, int i, int end, int bit) {
    while (i < end && (CLASS[in[i] & 0xff] & bit) != 0) {
      i++;
    }
    return i;
  }

  public static boolean isBlank(byte c) {
    return c == ' ' || c == '\t';
  }

  public static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  /**
   * Index of the first byte that a field value cannot have (a control other than tab), or {@code
   * end}. Eight bytes a step: the lowest byte marked in a word is always a true one, since borrows
   * only travel upwards.
   */
  static int valueEnd(byte[] in, int i, int end) {
    while (true) {
      while (i + Long.BYTES <= end) {
        long word = (long) LONG.get(in, i);
        long del = word ^ 0x7f7f7f7f7f7f7f7fL;
        long found = ((word - 0x2020202020202020L) & ~word | (del - ONES) & ~del) & HIGHS;
        if (found != 0) {
          i += Long.numberOfTrailingZeros(found) >>> 3;
          break;
        }
        i += Long.BYTES;
      }
      while (i < end && in[i] != '\t') {
        if (isControl(in[i])) {
          return i;
        }
        i++;
      }
      if (i >= end) {
        return end;
      }
      i++;
    }
  }

  private static boolean isControl(byte c) {
    return c >= 0 && c < ' ' || c == 0x7f;
  }

  /** Whether the bytes are {@code lower}, which is lower-case, in any case. */
  public static boolean equal(byte[] in, int at, int length, byte[] lower) {
    return length == lower.length && startsWith(in, at, length, lower);
  }

  public static boolean startsWith(byte[] in, int at, int length, byte[] lower) {
    if (length < lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      if (lower(in[at + i]) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether two ranges are equal but for case. */
  static boolean equal(byte[] in, int a, int b, int length) {
    for (int i = 0; i < length; i++) {
      if (lower(in[a + i]) != lower(in[b + i])) {
        return false;
      }
    }
    return true;
  }

  public static int lower(byte c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
  }

  /** A number of 1 to 18 digits, so that it cannot overflow; -1 for anything else. */
  public static long decimal(byte[] in, int i, int end) {
    if (i >= end || end - i > 18) {
      return -1;
    }
    long value = 0;
    for (; i < end; i++) {
      if (!isDigit(in[i])) {
        return -1;
      }
      value = value * 10 + (in[i] - '0');
    }
    return value;
  }

  public static int put(byte[] from, byte[] out, int at) {
    System.arraycopy(from, 0, out, at, from.length);
    return at + from.length;
  }

  public static int put(byte[] from, int start, int end, byte[] out, int at) {
    System.arraycopy(from, start, out, at, end - start);
    return at + end - start;
  }

  public static int putDecimal(long value, byte[] out, int at) {
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    for (int i = at + digits - 1; i >= at; i--) {
      out[i] = (byte) ('0' + value % 10);
      value /= 10;
    }
    return at + digits;
  }
}
