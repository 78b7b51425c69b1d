package dev.undercloud.app.up;

import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.DnsPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.DnsQueryRing;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.edge.dns.DevZone;
import dev.undercloud.edge.dns.DnsConfig;
import dev.undercloud.edge.dns.DnsServer;
import dev.undercloud.edge.dns.Notifier;
import dev.undercloud.edge.dns.Secondaries;
import dev.undercloud.edge.dns.SecondaryConfig;
import dev.undercloud.edge.dns.SecondaryState;
import dev.undercloud.edge.dns.TransferRules;
import dev.undercloud.edge.dns.TsigKey;
import dev.undercloud.edge.dns.ZoneStore;
import dev.undercloud.edge.net.Ports;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The DNS server of one house: the zones in its folder, those of other primaries, {@code localhost}
 * with the hosts that are routed, and the zones that follow the apps. Any thread.
 */
final class Dns implements AutoCloseable {
  /** For the answer to a NOTIFY: with what follows, half a minute in all. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  private final Path folder;
  private final Clock clock;
  private final LogSink log;
  private final ZoneStore store;
  private final int port;
  private final Secondaries secondaries;
  private final Watch<Predicate<ZoneRecord>> health = new Watch<>(record -> true);
  private final List<Watch.Subscription> subscriptions = new ArrayList<>();
  private volatile DnsServer server;
  private DnsConfig config;
  private DnsPolicy policy;
  private TransferRules rules;
  private Notifier notifier;
  private AppHosts hosts;

  /**
   * Listens and answers, for the hosts in {@code files} too.
   *
   * @param folder of zone files; may be absent
   * @param port in place of the one that the files say; 0: theirs
   * @throws CloudException where it cannot listen, or the zones cannot be as the files say
   */
  Dns(Path folder, Resolution files, int port, Clock clock, LogSink log) {
    this.folder = folder;
    this.port = port;
    this.clock = clock;
    this.log = log;
    policy = files.dns();
    rules = rules(policy);
    config = config(policy, rules);
    hosts = AppHosts.before(files.spec().hosts());
    store = ZoneStore.open(folder);
    secondaries = new Secondaries(store, clock, log);
    try {
      store.hold(DevZone.of(hosts.all()));
      secondaries.keep(kept(policy));
      ensure(policy);
      follow();
      server = DnsServer.start(config, store.zones(), health, secondaries, clock);
    } catch (RuntimeException failure) {
      secondaries.close();
      throw failure;
    }
    notifier = notifier();
  }

  /** Answers for the hosts of this table and these rules, now and when they change. */
  void follow(Watch<RoutingTable> routes, Watch<EdgePolicies> policies) {
    subscriptions.add(routes.follow(table -> serve(routes, policies)));
    subscriptions.add(policies.follow(rules -> serve(routes, policies)));
  }

  private synchronized void serve(Watch<RoutingTable> routes, Watch<EdgePolicies> policies) {
    // The latest of both, whichever of two publishers comes first.
    AppHosts next = AppHosts.of(routes.get(), policies.get());
    if (next.equals(hosts)) {
      return;
    }
    // Tables change with every health check that fails; names rarely do.
    boolean renamed = !next.all().equals(hosts.all());
    hosts = next;
    try {
      if (renamed) {
        store.hold(DevZone.of(hosts.all()));
      }
      follow();
    } catch (CloudException unwritable) {
      // Whoever publishes a table can do nothing about it.
      log.log(
          new LogLine(
              clock.now(),
              LogLine.Source.EDGE,
              null,
              null,
              null,
              "DNS: " + unwritable.problem().sentence()));
    }
  }

  private void follow() {
    var apps = DnsAddresses.zones(policy, config);
    store.follow(apps.zones(), apps.records(hosts.all(), store.files()));
    health.publish(apps.health(hosts.able(), hosts.unable()));
  }

  /**
   * Looks whether keys and zones of this could be followed.
   *
   * @throws CloudException where not
   */
  synchronized void check(DnsPolicy next) {
    rules(next);
    kept(next).forEach(secondary -> store.free(secondary.zone()));
  }

  /**
   * Does what can be refused of following this: reads zone files again, and listens where it is to
   * be answered, too. The sockets there are stay open.
   *
   * @throws CloudException where it cannot be; then nothing has changed
   */
  synchronized Change prepare(DnsPolicy next) {
    check(next);
    store.reload();
    TransferRules allowed = rules(next);
    DnsConfig wanted = config(next, allowed);
    DnsServer other = wanted.listen().equals(config.listen()) ? null : elsewhere(wanted);
    return new Change(next, allowed, kept(next), wanted, other);
  }

  private DnsServer elsewhere(DnsConfig wanted) {
    int wantedPort = wanted.listen().getFirst().getPort();
    boolean ours =
        wanted.portsTried() == 1
            && wanted.addresses().stream()
                .map(address -> new InetSocketAddress(address, wantedPort))
                .anyMatch(server.addresses()::contains);
    if (ours) {
      throw CloudException.user(
          "dns-listen",
          "[dns] listen cannot be followed while DNS is answered",
          "it would take port " + wantedPort + " of an address that it has already",
          "Choose another port, or start again: undercloud stop, then undercloud up.");
    }
    return DnsServer.start(wanted, store.zones(), health, secondaries, clock);
  }

  private synchronized void apply(Change change) {
    secondaries.keep(change.kept);
    ensure(change.next);
    DnsPolicy before = policy;
    boolean sameKey = change.rules.key().equals(rules.key());
    policy = change.next;
    rules = change.rules;
    config = change.config;
    DnsServer old = server;
    if (change.other != null) {
      server = change.other;
      old.close();
    } else {
      old.allow(rules);
    }
    follow();
    if (!sameKey || !before.told().equals(policy.told())) {
      notifier.close();
      notifier = notifier();
    }
  }

  /** What was found possible, to be applied or dropped. */
  final class Change implements AutoCloseable {
    private final DnsPolicy next;
    private final TransferRules rules;
    private final List<SecondaryConfig> kept;
    private final DnsConfig config;
    private final @Nullable DnsServer other;
    private boolean applied;

    private Change(
        DnsPolicy next,
        TransferRules rules,
        List<SecondaryConfig> kept,
        DnsConfig config,
        @Nullable DnsServer other) {
      this.next = next;
      this.rules = rules;
      this.kept = kept;
      this.config = config;
      this.other = other;
    }

    /** Follows it. */
    void apply() {
      applied = true;
      Dns.this.apply(this);
    }

    @Override
    public void close() {
      if (!applied && other != null) {
        other.close();
      }
    }
  }

  /** Reads zone files again: another of us that is up has edited them. */
  synchronized void refresh() {
    store.reload();
    follow();
  }

  private DnsConfig config(DnsPolicy from, TransferRules allowed) {
    return DnsAddresses.config(from, port).with(allowed);
  }

  private static TransferRules rules(DnsPolicy from) {
    return new TransferRules(from.allowed(), from.transferKey().map(TsigKey::read));
  }

  private List<SecondaryConfig> kept(DnsPolicy from) {
    List<SecondaryConfig> all = new ArrayList<>();
    for (DnsPolicy.Primary one : from.secondaries()) {
      SecondaryConfig config = SecondaryConfig.of(one.zone(), one.address()).in(folder);
      all.add(one.key().map(TsigKey::read).map(config::with).orElse(config));
    }
    return all;
  }

  private void ensure(DnsPolicy from) {
    for (DnsName zone : from.zones()) {
      List<DnsName> servers =
          from.servers().isEmpty() ? List.of(DnsName.of("ns1." + zone)) : from.servers();
      store.ensure(zone, servers);
    }
  }

  private Notifier notifier() {
    return Notifier.start(
        store.zones(),
        policy.told(),
        rules.key().orElse(null),
        FIRST_WAIT,
        clock,
        Entropy::fast,
        log);
  }

  ZoneStore zones() {
    return store;
  }

  /** Who may have whole zones. */
  synchronized List<String> transfer() {
    return policy.transfer();
  }

  /** Whether the zone is one that follows the apps, as the files say. */
  synchronized boolean isFollowing(DnsName zone) {
    return new HashSet<>(policy.zones()).contains(zone);
  }

  /** Zones of other primaries. */
  Map<DnsName, SecondaryState> secondaries() {
    return secondaries.states();
  }

  /** What it was asked, for one reader. */
  List<DnsQueryRing> rings() {
    return server.rings();
  }

  /** Where it answers: {@code 127.0.0.1:5300}. */
  String address() {
    return Ports.text(server.address());
  }

  /** Everywhere it answers. */
  List<InetSocketAddress> addresses() {
    return server.addresses();
  }

  @Override
  public void close() {
    subscriptions.forEach(Watch.Subscription::close);
    synchronized (this) {
      notifier.close();
    }
    server.close();
    // Afterwards: until then their zones are answered for.
    secondaries.close();
  }
}
