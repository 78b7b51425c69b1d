package dev.undercloud.core.policy;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.DnsName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the DNS server does as a project's file says, beside the developer's zone.
 *
 * @param listen addresses with one port; empty: loopback, on the first free port
 * @param zones that follow the apps: their hosts in these lead to this machine
 * @param addresses of this machine, for those zones; empty: where the edge listens
 * @param servers names of the name servers of a zone that is made; empty: {@code ns1} in it
 * @param transfer addresses and blocks ({@link Cidr}) that may have whole zones
 * @param transferKey a file with what they must sign with, too
 * @param told who is told of changes; each is among {@code transfer}
 * @param secondaries zones whose primaries others are
 */
public record DnsPolicy(
    List<InetSocketAddress> listen,
    List<DnsName> zones,
    List<InetAddress> addresses,
    List<DnsName> servers,
    List<String> transfer,
    Optional<Path> transferKey,
    List<InetSocketAddress> told,
    List<Primary> secondaries) {
  /** Who keeps copies of zones of one server; more is no list that a person wrote. */
  public static final int MOST_NOTIFIED = 64;

  public static final DnsPolicy NONE =
      new DnsPolicy(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          List.of(),
          List.of());

  public DnsPolicy {
    listen = List.copyOf(listen);
    zones = List.copyOf(zones);
    addresses = List.copyOf(addresses);
    servers = List.copyOf(servers);
    transfer = List.copyOf(transfer);
    told = List.copyOf(told);
    secondaries = List.copyOf(secondaries);
    if (listen.stream().map(InetSocketAddress::getPort).distinct().count() > 1) {
      throw new IllegalArgumentException("the addresses have different ports; DNS has one");
    }
    if (told.size() > MOST_NOTIFIED) {
      throw new IllegalArgumentException("at most " + MOST_NOTIFIED + " are notified");
    }
  }

  /** Who may have whole zones. */
  public List<Cidr> allowed() {
    return transfer.stream().map(Cidr::parse).toList();
  }

  /**
   * A zone that another server is the primary of.
   *
   * @param key a file with what both sign with
   */
  public record Primary(DnsName zone, InetSocketAddress address, Optional<Path> key) {}
}
