package dev.undercloud.app.up;

import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.dns.DevZone;
import dev.undercloud.edge.dns.DnsConfig;
import dev.undercloud.edge.dns.DnsServer;
import dev.undercloud.edge.dns.ZoneStore;
import dev.undercloud.edge.net.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The DNS server of one house: the zones in its folder, and {@code localhost} with the hosts that
 * are routed. Any thread.
 */
final class Dns implements AutoCloseable {
  private final ZoneStore store;
  private final DnsServer server;
  private final List<Watch.Subscription> subscriptions = new ArrayList<>();
  private List<String> hosts = List.of();

  /**
   * @param folder of zone files; may be absent
   */
  Dns(Path folder, Clock clock) {
    store = ZoneStore.open(folder);
    store.hold(DevZone.of(hosts));
    server = DnsServer.start(DnsConfig.onLoopback(), store.zones(), clock);
  }

  /** Answers for the hosts of this table and these rules, now and when they change. */
  void follow(Watch<RoutingTable> routes, Watch<EdgePolicies> policies) {
    subscriptions.add(routes.follow(table -> serve(table, policies.get())));
    subscriptions.add(policies.follow(rules -> serve(routes.get(), rules)));
  }

  private synchronized void serve(RoutingTable table, EdgePolicies policies) {
    List<String> all = new ArrayList<>();
    for (AppRoute app : table.here()) {
      List<String> own = policies.of(app.app()).hosts();
      all.addAll(own.isEmpty() ? app.hosts() : own);
    }
    // Tables change with every health check that fails; names rarely do.
    if (!all.equals(hosts)) {
      hosts = List.copyOf(all);
      store.hold(DevZone.of(hosts));
    }
  }

  ZoneStore zones() {
    return store;
  }

  /** Where it answers: {@code 127.0.0.1:5300}. */
  String address() {
    return Ports.text(server.address());
  }

  @Override
  public void close() {
    subscriptions.forEach(Watch.Subscription::close);
    server.close();
  }
}
