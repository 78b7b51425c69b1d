package dev.undercloud.edge.dns;

import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.net.Transport;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * How the DNS server runs.
 *
 * @param listen numeric addresses, all with one port, for UDP and TCP both; {@code 0.0.0.0} is
 *     every IPv4 address of the machine, {@code ::} every address
 * @param portsTried how many ports from that of {@code listen} on may be taken before it gives up;
 *     port 0 takes any that is free
 * @param threads event loops; each has a UDP socket of its own
 * @param transport how bytes move; {@link Transport#best} unless a test wants the other
 * @param transfers who may have whole zones (AXFR) until {@link DnsServer#allow} says otherwise
 * @param limits what those who ask may take
 * @param ringCapacity questions that may wait for telemetry per event loop; a power of two
 */
public record DnsConfig(
    List<InetSocketAddress> listen,
    int portsTried,
    int threads,
    Transport transport,
    TransferRules transfers,
    DnsLimits limits,
    int ringCapacity) {
  /** The first unprivileged port tried: beside the well-known 53 and mDNS's 5353. */
  public static final int FIRST_PORT = 5_300;

  private static final int PORTS_TRIED = 100;

  /** What comes between two looks of the reader at 100,000 a second; some 1.6 MiB a loop. */
  private static final int RING = 4_096;

  public DnsConfig {
    listen = List.copyOf(listen);
    if (listen.isEmpty() || threads < 1 || portsTried < 1) {
      throw new IllegalArgumentException(
          "a DNS server listens somewhere, with at least one thread");
    }
    if (listen.stream().map(InetSocketAddress::getPort).distinct().count() > 1) {
      throw new IllegalArgumentException("a DNS server listens on one port");
    }
  }

  /** Loopback, on the first free port from 5300 on. */
  public static DnsConfig onLoopback() {
    return on(Ports.loopback(), FIRST_PORT).withPortsTried(PORTS_TRIED);
  }

  /** These addresses on this port or none. */
  public static DnsConfig on(List<InetAddress> addresses, int port) {
    return new DnsConfig(
        addresses.stream().map(address -> new InetSocketAddress(address, port)).toList(),
        1,
        1,
        Transport.best(),
        TransferRules.NOBODY,
        DnsLimits.DEFAULT,
        RING);
  }

  /**
   * Where it listens: every address of the machine where all are asked for, since an answer must
   * come from the address that was asked, and a socket bound to all of them lets the kernel choose
   * another.
   */
  public List<InetAddress> addresses() {
    List<InetAddress> all = new ArrayList<>();
    for (InetSocketAddress address : listen) {
      if (!address.getAddress().isAnyLocalAddress()) {
        all.add(address.getAddress());
        continue;
      }
      boolean ipv4 = address.getAddress() instanceof Inet4Address;
      try {
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(each -> !each.isLinkLocalAddress())
            .filter(each -> !ipv4 || each instanceof Inet4Address)
            .forEach(all::add);
      } catch (SocketException unknown) {
        throw new UncheckedIOException(unknown);
      }
    }
    return all.stream().distinct().toList();
  }

  public DnsConfig withPortsTried(int ports) {
    return new DnsConfig(listen, ports, threads, transport, transfers, limits, ringCapacity);
  }

  public DnsConfig withThreads(int loops) {
    return new DnsConfig(listen, portsTried, loops, transport, transfers, limits, ringCapacity);
  }

  public DnsConfig with(Transport other) {
    return new DnsConfig(listen, portsTried, threads, other, transfers, limits, ringCapacity);
  }

  public DnsConfig with(TransferRules rules) {
    return new DnsConfig(listen, portsTried, threads, transport, rules, limits, ringCapacity);
  }

  public DnsConfig with(DnsLimits others) {
    return new DnsConfig(listen, portsTried, threads, transport, transfers, others, ringCapacity);
  }
}
