package dev.undercloud.edge;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.net.Direct;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.net.Transport;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** An edge on a port of the kernel's choice, with one app at {@code app.localhost}. */
public final class Rig implements AutoCloseable {
  static {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    // At once, as in an edge that has run for a while.
    Direct.prepare();
  }

  /** {@code -Dedge.transport=NIO} runs every test on the fallback. */
  private static final Transport TRANSPORT =
      Transport.valueOf(System.getProperty("edge.transport", Transport.best().name()));

  private static final Duration LONG = Duration.ofSeconds(20);

  public final Watch<RoutingTable> routes = new Watch<>(RoutingTable.EMPTY);
  public final Watch<EdgePolicies> policies = new Watch<>(EdgePolicies.NONE);
  public final List<LogLine> log = new CopyOnWriteArrayList<>();
  public final List<ExchangeSlot> seen = new ArrayList<>();
  public final Edge edge;
  private final AtomicLong version = new AtomicLong();
  public Timeouts timeouts = new Timeouts(Duration.ofSeconds(2), LONG, LONG, LONG, LONG);
  public Duration upstreamIdle = Duration.ofSeconds(10);
  public String why = "";

  public Rig() {
    this(config -> config);
  }

  public Rig(UnaryOperator<EdgeConfig> change) {
    this(change, Entropy::fast);
  }

  public Rig(UnaryOperator<EdgeConfig> change, Supplier<Entropy> entropy) {
    this(change, entropy, Clock.system());
  }

  public Rig(UnaryOperator<EdgeConfig> change, Supplier<Entropy> entropy, Clock clock) {
    EdgeConfig config = Rigs.with(EdgeConfig.on(Ports.onLoopback(0), 2), TRANSPORT);
    edge = Edge.start(change.apply(config), routes, policies, clock, entropy, log::add);
  }

  /** Serves the app by these replicas from now on, named web.1, web.2 … */
  public Rig serve(Backend... backends) {
    List<Address> addresses = new ArrayList<>();
    for (Backend backend : backends) {
      addresses.add(backend.address());
    }
    return serve(addresses);
  }

  public Rig serve(List<Address> addresses) {
    return serve(addresses, "app.localhost");
  }

  public Rig serve(List<Address> addresses, String... hosts) {
    return serve(Protocol.HTTP1, addresses, hosts);
  }

  /** The same by replicas that speak this. */
  public Rig serve(Protocol protocol, List<Address> addresses) {
    return serve(protocol, addresses, "app.localhost");
  }

  private Rig serve(Protocol protocol, List<Address> addresses, String... hosts) {
    List<Upstream> upstreams = new ArrayList<>();
    for (Address address : addresses) {
      String name = "web." + (upstreams.size() + 1);
      upstreams.add(
          new Upstream("app@" + address, "app", name, "r1", address, Upstream.EQUAL, protocol));
    }
    publish(List.of(route("app", List.of(hosts), upstreams)));
    return this;
  }

  public AppRoute route(String app, List<String> hosts, List<Upstream> upstreams) {
    return new AppRoute(app, hosts, upstreams, timeouts, upstreamIdle, why);
  }

  public void publish(List<AppRoute> apps) {
    long next = version.incrementAndGet();
    routes.publish(new RoutingTable(next, apps));
    eventually(() -> edge.view().versionInForce() == next);
  }

  /** The app follows {@code policy} from now on. */
  public Rig follow(AppPolicy policy) {
    long next = version.incrementAndGet();
    policies.publish(new EdgePolicies(next, Map.of("app", policy)));
    eventually(() -> edge.view().policiesInForce() == next);
    return this;
  }

  /** The app follows these rules from now on. */
  public Rig rules(AppPolicy policy) {
    return rules(Map.of("app", policy));
  }

  public Rig rules(Map<String, AppPolicy> apps) {
    long next = policies.update(old -> new EdgePolicies(old.version() + 1, apps)).version();
    eventually(() -> edge.view().policiesInForce() == next);
    return this;
  }

  public Wire connect() throws IOException {
    return new Wire(address());
  }

  public InetSocketAddress address() {
    return edge.addresses().getFirst();
  }

  /** The next exchange that ended, in the order the edge tells it. */
  public ExchangeSlot exchange() {
    eventually(() -> {
      drain();
      return !seen.isEmpty();
    });
    return seen.removeFirst();
  }

  public void drain() {
    edge.rings()
        .forEach(ring ->
            ring.drain(slot -> {
              ExchangeSlot copy = new ExchangeSlot();
              copy.copy(slot);
              seen.add(copy);
            }));
  }

  /** Waits until {@code holds}; fails after a generous time. */
  public static void eventually(BooleanSupplier holds) {
    long until = Clock.system().nanos() + Duration.ofSeconds(15).toNanos();
    while (!holds.getAsBoolean()) {
      if (Clock.system().nanos() - until > 0) {
        throw new AssertionError("did not come true in 15 s");
      }
      try {
        Clock.system().sleep(Duration.ofMillis(5));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    edge.close();
  }
}
