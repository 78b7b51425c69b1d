package dev.undercloud.core.unit;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * A block of addresses (RFC 4632, RFC 4291): {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single
 * address. An IPv4 address mapped into IPv6 is that IPv4 address, here and in what is compared.
 *
 * @param high first 64 bits of the 128 an address has here; IPv4 lies in {@code ::ffff:0:0/96}
 * @param low the other 64
 * @param bits of the prefix, of 128
 */
public record Cidr(long high, long low, int bits) {
  /** Four decimal numbers without leading zeros, which some readers take for octal. */
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d{1,2})(?:\\.(?!$)|$)){4}");

  private static final Pattern OCTAL = Pattern.compile("(?:.*\\.)?0\\d.*");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");
  private static final long MAPPED = 0xffff_0000_0000L;
  private static final int IPV4_BITS = 32;
  private static final int ALL_BITS = 128;

  /**
   * Reads a block. No name is looked up.
   *
   * @throws IllegalArgumentException when it is none, or has bits behind its prefix
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an address or block, like \"10.0.0.0/8\" or \"2001:db8::1\"");
    }
    boolean v4 = text.indexOf(':') < 0;
    int most = v4 ? IPV4_BITS : ALL_BITS;
    int bits = slash < 0 ? most : prefix(text.substring(slash + 1), most);
    if (bits < 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" does not end in a prefix length from 0 to " + most);
    }
    Cidr block = new Cidr(high(address), low(address), bits + (v4 ? ALL_BITS - IPV4_BITS : 0));
    if (block.high != (block.high & mask(block.bits))
        || block.low != (block.low & mask(block.bits - 64))) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has bits behind its prefix; a single address needs no slash");
    }
    return block;
  }

  /** An address written in digits; null where it is none. Never a lookup. */
  public static @org.jspecify.annotations.Nullable InetAddress address(String text) {
    try {
      if (IPV4.matcher(text).matches() && !OCTAL.matcher(text).matches()) {
        return Inet4Address.ofLiteral(text);
      }
      return text.indexOf(':') >= 0 && IPV6.matcher(text).matches()
          ? Inet6Address.ofLiteral(text)
          : null;
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private static int prefix(String text, int most) {
    boolean number = text.matches("0|[1-9]\\d{0,2}");
    int bits = number ? Integer.parseInt(text) : -1;
    return bits > most ? -1 : bits;
  }

  /** Ones for the first {@code bits} of 64. */
  private static long mask(int bits) {
    return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
  }

  public boolean contains(long addressHigh, long addressLow) {
    return ((addressHigh ^ high) & mask(bits)) == 0 && ((addressLow ^ low) & mask(bits - 64)) == 0;
  }

  public boolean contains(InetAddress address) {
    return contains(high(address), low(address));
  }

  /** The first half of an address, as blocks compare it. */
  public static long high(InetAddress address) {
    return address instanceof Inet4Address ? 0 : half(address.getAddress(), 0);
  }

  /** The second half. */
  public static long low(InetAddress address) {
    byte[] raw = address.getAddress();
    return raw.length == 4 ? MAPPED | word(raw, 0) : half(raw, 8);
  }

  /** Whether the halves are those of an IPv4 address. */
  public static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  private static long half(byte[] raw, int at) {
    return word(raw, at) << 32 | word(raw, at + 4);
  }

  private static long word(byte[] raw, int at) {
    return (raw[at] & 255L) << 24
        | (raw[at + 1] & 255) << 16
        | (raw[at + 2] & 255) << 8
        | raw[at + 3] & 255;
  }
}
