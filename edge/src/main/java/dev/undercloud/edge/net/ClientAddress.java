package dev.undercloud.edge.net;

import dev.undercloud.core.unit.Cidr;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's address, made once for each connection, or for each request where a trusted proxy says
 * it.
 *
 * @param address null where it has none (a Unix socket)
 * @param text as people write it; empty where there is none
 * @param high first 64 of its 128 bits, IPv4 mapped into IPv6
 * @param low the others
 */
public record ClientAddress(@Nullable InetAddress address, String text, long high, long low) {
  public static ClientAddress of(@Nullable InetAddress address) {
    return address == null
        ? new ClientAddress(null, "", 0, 0)
        : new ClientAddress(address, Ipv6Text.of(address), Cidr.high(address), Cidr.low(address));
  }

  /**
   * What is counted as one client: an IPv4 address, or the /64 that every IPv6 customer has for
   * himself.
   */
  public long key() {
    return Cidr.isIpv4(high, low) ? low : high;
  }
}
