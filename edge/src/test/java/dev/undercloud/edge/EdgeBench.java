package dev.undercloud.edge;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.DrainPace;
import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The edge alone with a table that never changes, for {@code benchmarks/edge.py}: arguments are the
 * port, the number of threads, and the replicas as {@code unix:PATH} or {@code HOST:PORT}. Reads
 * its rings as the product does, so that telemetry is on.
 */
public final class EdgeBench {
  private EdgeBench() {}

  public static void main(String[] args) throws Exception {
    List<Upstream> upstreams = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      upstreams.add(new Upstream("bench." + i, "bench", "web." + (i - 1), "r1", address(args[i])));
    }
    AppRoute route =
        new AppRoute(
            "bench", List.of("bench"), upstreams, Timeouts.DEFAULT, Duration.ofSeconds(60), "");
    EdgeConfig config =
        EdgeConfig.on(
            List.of(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]))),
            Integer.parseInt(args[1]));
    Edge edge =
        Edge.start(
            withHttps(config),
            new Watch<>(new RoutingTable(1, List.of(route))),
            new Watch<>(rules()),
            Clock.system(),
            Entropy::fast,
            LogSink.NONE);
    System.out.println("listening " + edge.addresses().getFirst().getPort());
    List<ExchangeRing> rings = edge.rings();
    long[] exchanges = new long[1];
    Consumer<ExchangeSlot> count = slot -> exchanges[0]++;
    while (true) {
      int taken = 0;
      for (ExchangeRing ring : rings) {
        taken += ring.drain(count);
      }
      Thread.sleep(DrainPace.after(taken));
    }
  }

  /** Files below {@code /files/}, where {@code -Dbench.files=FOLDER} says so. */
  private static EdgePolicies rules() {
    String folder = System.getProperty("bench.files");
    if (folder == null) {
      return EdgePolicies.NONE;
    }
    RouteOptions options = RouteOptions.NONE.with(new Files(Path.of(folder), "/files/"));
    RouteRule rule = new RouteRule("bench", "/files/*", List.of(), Set.of(), Map.of(), options);
    AppPolicy policy = AppPolicy.NONE.withRoutes(List.of(rule));
    return new EdgePolicies(1, Map.of("bench", policy));
  }

  /** HTTPS too, where {@code -Dbench.https=PORT -Dbench.state=FOLDER} say so. */
  private static EdgeConfig withHttps(EdgeConfig config) {
    Integer port = Integer.getInteger("bench.https");
    if (port == null) {
      return config;
    }
    Path state = Path.of(System.getProperty("bench.state"));
    List<InetSocketAddress> listen = List.of(new InetSocketAddress("127.0.0.1", port));
    return config.with(TlsConfig.on(listen, state.resolve("ca")));
  }

  private static Address address(String text) {
    if (text.startsWith("unix:")) {
      return new Address.Unix(Path.of(text.substring(5)));
    }
    int colon = text.lastIndexOf(':');
    return new Address.Tcp(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
