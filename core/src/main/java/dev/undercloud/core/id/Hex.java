package dev.undercloud.core.id;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Lower-case hexadecimal of fixed width, as W3C Trace Context writes ids. No allocation to bytes.
 */
public final class Hex {
  /** Characters of a 64-bit id. */
  public static final int WIDTH = 16;

  private static final VarHandle BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Hex() {}

  /** Writes {@link #WIDTH} characters of {@code value} at {@code at}; returns the index after. */
  public static int write(long value, byte[] out, int at) {
    BYTES.set(out, at, digits(value >>> 32));
    BYTES.set(out, at + 8, digits(value & 0xffffffffL));
    return at + WIDTH;
  }

  /** Eight digits at once: nibbles spread to bytes, and made characters. Four ids a request. */
  private static long digits(long half) {
    long spread = (half | half << 16) & 0x0000ffff0000ffffL;
    spread = (spread | spread << 8) & 0x00ff00ff00ff00ffL;
    spread = (spread | spread << 4) & 0x0f0f0f0f0f0f0f0fL;
    long letters = (spread + 0x0606060606060606L) >>> 4 & 0x0101010101010101L;
    return spread + 0x3030303030303030L + letters * ('a' - '0' - 10);
  }

  /** {@code value} as {@link #WIDTH} characters. */
  public static String of(long value) {
    byte[] out = new byte[WIDTH];
    write(value, out, 0);
    return new String(out, StandardCharsets.US_ASCII);
  }

  /**
   * Parses exactly {@link #WIDTH} lower-case characters at {@code at}; check with {@link #isHex}
   * first.
   */
  public static long parse(byte[] in, int at) {
    long value = 0;
    for (int i = 0; i < WIDTH; i++) {
      value = value << 4 | digit(in[at + i]);
    }
    return value;
  }

  /** Parses an id as people paste it: {@link #WIDTH} characters, either case. */
  public static long parse(String text) {
    if (text.length() != WIDTH) {
      throw new IllegalArgumentException("an id has " + WIDTH + " hexadecimal digits: " + text);
    }
    return Long.parseUnsignedLong(text, 16);
  }

  /** Whether {@code length} bytes at {@code at} are all lower-case hexadecimal digits. */
  public static boolean isHex(byte[] in, int at, int length) {
    for (int i = 0; i < length; i++) {
      if (digit(in[at + i]) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int digit(byte c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }
}
