package dev.undercloud.app.up;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.DnsQueryRing;
import dev.undercloud.edge.dns.DevZone;
import dev.undercloud.edge.dns.DnsConfig;
import dev.undercloud.edge.dns.DnsServer;
import dev.undercloud.edge.dns.Notifier;
import dev.undercloud.edge.dns.Secondaries;
import dev.undercloud.edge.dns.ZoneStore;
import dev.undercloud.edge.net.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The DNS server of one house: the zones in its folder, those of other primaries, and {@code
 * localhost} with the hosts that are routed. Any thread.
 */
final class Dns implements AutoCloseable {
  /** For the answer to a NOTIFY: with what follows, half a minute in all. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  private final ZoneStore store;
  private final DnsServer server;
  private final List<DnsQueryRing> rings;
  private final Secondaries secondaries;
  private final Notifier notifier;
  private final List<Watch.Subscription> subscriptions = new ArrayList<>();
  private List<String> hosts = List.of();

  /**
   * @param folder of zone files; may be absent
   */
  Dns(Path folder, Clock clock, LogSink log) {
    DnsPeers peers = DnsPeers.in(folder);
    store = ZoneStore.open(folder);
    store.hold(DevZone.of(hosts));
    secondaries = new Secondaries(store, clock, log);
    DnsConfig open = DnsConfig.onLoopback().withTransfers(peers.allow());
    DnsConfig config = peers.key().map(open::withTransferKey).orElse(open);
    server = DnsServer.start(config, store.zones(), secondaries, clock);
    rings = server.rings();
    peers.secondaries().forEach(secondaries::add);
    notifier =
        Notifier.start(
            store.zones(),
            peers.told(),
            peers.key().orElse(null),
            FIRST_WAIT,
            clock,
            Entropy::fast,
            log);
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

  /** Zones of other primaries, each with what is wrong; empty where nothing is. */
  Map<DnsName, String> secondaries() {
    return secondaries.problems();
  }

  /** What it was asked, for one reader. */
  List<DnsQueryRing> rings() {
    return rings;
  }

  /** Where it answers: {@code 127.0.0.1:5300}. */
  String address() {
    return Ports.text(server.address());
  }

  @Override
  public void close() {
    subscriptions.forEach(Watch.Subscription::close);
    notifier.close();
    server.close();
    // Afterwards: until then their zones are answered for.
    secondaries.close();
  }
}
