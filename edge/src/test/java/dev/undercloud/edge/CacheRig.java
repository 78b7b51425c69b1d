package dev.undercloud.edge;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.cache.CacheSettings;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.net.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** An edge with a cache, a clock that can be put forward, and one app of a single replica. */
final class CacheRig implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(3_000_000);

  final SkippingClock clock = new SkippingClock();
  final HttpCache cache;
  final Edge edge;
  private final Watch<RoutingTable> routes = new Watch<>(RoutingTable.EMPTY);
  private final Watch<EdgePolicies> policies = new Watch<>(EdgePolicies.NONE);

  CacheRig(Backend backend) {
    this(backend, CacheSettings.memory());
  }

  CacheRig(Backend backend, CacheSettings settings) {
    cache = new HttpCache(settings, clock, 42);
    EdgeConfig config = EdgeConfig.on(Ports.onLoopback(0), 2);
    edge = Edge.start(config, routes, policies, cache, clock, Entropy::fast, line -> {});
    serve(backend);
  }

  void serve(Backend backend) {
    Upstream upstream = new Upstream("a1", "app", "web.1", "r1", backend.address());
    Timeouts timeouts = new Timeouts(Duration.ofSeconds(2), LONG, LONG, LONG, LONG);
    AppRoute route =
        new AppRoute(
            "app", List.of("app.localhost"), List.of(upstream), timeouts, Duration.ZERO, "");
    long version = routes.get().version() + 1;
    routes.publish(new RoutingTable(version, List.of(route)));
    Rig.eventually(() -> edge.view().versionInForce() == version);
  }

  /** Puts routes with these cache rules in force. */
  void rules(Map<String, CacheRule> byPath) {
    List<RouteRule> rules = new ArrayList<>();
    byPath.forEach((path, rule) ->
        rules.add(new RouteRule("test", path, List.of(), Set.of(), Map.of(), options(rule))));
    follow(
        new AppPolicy(
            AppPolicy.NONE.hosts(),
            AppPolicy.NONE.timeouts(),
            rules,
            AppPolicy.NONE.balance(),
            AppPolicy.NONE.tls(),
            Optional.empty()));
  }

  /** Puts these rules in force. */
  void follow(AppPolicy policy) {
    long version = policies.get().version() + 1;
    policies.publish(new EdgePolicies(version, Map.of("app", policy)));
    Rig.eventually(() -> edge.view().policiesInForce() == version);
  }

  private static RouteOptions options(CacheRule rule) {
    RouteOptions none = RouteOptions.NONE;
    return new RouteOptions(
        none.files(),
        Optional.of(rule),
        none.rateLimit(),
        none.access(),
        none.redirect(),
        none.rewrite(),
        none.fields(),
        none.cors(),
        none.compress(),
        OptionalLong.empty(),
        none.mirror(),
        Optional.empty());
  }

  static CacheRule ttl(Duration ttl) {
    return new CacheRule(Optional.of(ttl), Map.of(), Optional.empty(), Optional.empty(), List.of());
  }

  Wire connect() throws IOException {
    return new Wire(edge.addresses().getFirst());
  }

  /** One request on a connection of its own. */
  Wire.Response ask(String method, String path, String... fields) throws IOException {
    try (Wire wire = connect()) {
      StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
      text.append("Host: app.localhost\r\n");
      for (String field : fields) {
        text.append(field).append("\r\n");
      }
      if (!method.equals("GET") && !method.equals("HEAD")) {
        text.append("Content-Length: 3\r\n\r\nabc");
      } else {
        text.append("\r\n");
      }
      wire.send(text.toString());
      Wire.Response response = wire.response(method.equals("HEAD"));
      while (response.status() < 200) {
        response = wire.response(method.equals("HEAD"));
      }
      return response;
    }
  }

  Wire.Response get(String path, String... fields) throws IOException {
    return ask("GET", path, fields);
  }

  /** The record of one exchange that ended. */
  ExchangeSlot exchange(List<ExchangeSlot> seen) {
    Rig.eventually(() -> {
      edge.rings()
          .forEach(ring ->
              ring.drain(slot -> {
                ExchangeSlot copy = new ExchangeSlot();
                copy.copy(slot);
                seen.add(copy);
              }));
      return !seen.isEmpty();
    });
    return seen.removeFirst();
  }

  static CacheSettings onDisk(Path folder) {
    return CacheSettings.in(folder);
  }

  @Override
  public void close() {
    edge.close();
    cache.close();
  }
}
