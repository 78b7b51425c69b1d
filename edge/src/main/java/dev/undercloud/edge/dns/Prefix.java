package dev.undercloud.edge.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of addresses: {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or one address. Immutable.
 *
 * @param address any address of the block
 * @param bits of the address that count
 */
public record Prefix(InetAddress address, int bits) {
  public Prefix {
    if (bits < 0 || bits > address.getAddress().length * 8) {
      throw new IllegalArgumentException("a prefix of " + bits + " bits");
    }
  }

  /**
   * Reads a numeric address with or without its length; names are not looked up.
   *
   * @throws IllegalArgumentException where it is neither
   */
  public static Prefix of(String text) {
    int slash = text.indexOf('/');
    String ip = slash < 0 ? text : text.substring(0, slash);
    if (!ip.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      throw new IllegalArgumentException("not a numeric address: " + text);
    }
    try {
      InetAddress address = InetAddress.getByName(ip);
      int all = address.getAddress().length * 8;
      return new Prefix(address, slash < 0 ? all : Integer.parseInt(text.substring(slash + 1)));
    } catch (UnknownHostException | NumberFormatException wrong) {
      throw new IllegalArgumentException("not a block of addresses: " + text, wrong);
    }
  }

  /** Whether {@code other} is in the block. */
  public boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    for (int i = 0; i < bits; i += 8) {
      int mask = bits - i >= 8 ? 255 : 255 << 8 - (bits - i) & 255;
      if (((mine[i / 8] ^ theirs[i / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
