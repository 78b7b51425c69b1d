package dev.undercloud.edge.dns;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsQueryRing;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * The DNS server alone, for {@code benchmarks/dns.py}: arguments are the port and the folder of
 * zone files. Reads its rings as the product does, so that telemetry is on.
 */
public final class DnsBench {
  private DnsBench() {}

  public static void main(String[] args) throws Exception {
    ZoneStore store = ZoneStore.open(Path.of(args[1]));
    DnsServer server =
        DnsServer.start(
            DnsConfig.on(List.of(InetAddress.getByName("127.0.0.1")), Integer.parseInt(args[0])),
            store.zones(),
            Clock.system());
    System.out.println("listening " + server.address());
    long[] queries = new long[1];
    while (true) {
      for (DnsQueryRing ring : server.rings()) {
        ring.drain(query -> queries[0]++);
      }
      Thread.sleep(20);
    }
  }
}
