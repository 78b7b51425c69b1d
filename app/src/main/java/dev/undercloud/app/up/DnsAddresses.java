package dev.undercloud.app.up;

import dev.undercloud.core.policy.DnsPolicy;
import dev.undercloud.edge.dns.AppZones;
import dev.undercloud.edge.dns.DnsConfig;
import dev.undercloud.edge.net.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;

/** Where DNS is answered, and with which addresses of this machine. */
final class DnsAddresses {
  private DnsAddresses() {}

  /**
   * @param port in place of the one that the files say; 0: theirs
   */
  static DnsConfig config(DnsPolicy policy, int port) {
    if (policy.listen().isEmpty()) {
      return port == 0 ? DnsConfig.onLoopback() : DnsConfig.on(Ports.loopback(), port);
    }
    List<InetAddress> addresses =
        policy.listen().stream().map(InetSocketAddress::getAddress).distinct().toList();
    return DnsConfig.on(addresses, port == 0 ? policy.listen().getFirst().getPort() : port);
  }

  /** The zones that follow the apps, with the addresses that the files say or we listen at. */
  static AppZones zones(DnsPolicy policy, DnsConfig config) {
    List<InetAddress> said = policy.addresses();
    return new AppZones(
        new HashSet<>(policy.zones()),
        said.isEmpty() ? Ports.loopback() : said,
        said.isEmpty() ? reachable(config.addresses()) : said);
  }

  /** Without loopback, unless there is nothing else. */
  private static List<InetAddress> reachable(List<InetAddress> all) {
    List<InetAddress> others = all.stream().filter(one -> !one.isLoopbackAddress()).toList();
    return others.isEmpty() ? all : others;
  }
}
