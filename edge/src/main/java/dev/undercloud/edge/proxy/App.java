package dev.undercloud.edge.proxy;

import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.edge.rule.Rules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One app of a table, as one event loop uses it: durations in nanoseconds, pools at hand. */
final class App {
  final AppRoute route;
  final ReplicaPool[] pools;
  final AppPolicy policy;
  final AppQueue queue;
  final Selector selector;
  final long queueNanos;

  /** The name as it stands in keys. */
  final byte[] nameBytes;

  /** Null where the app has none. */
  final @Nullable Rules rules;

  /** Null for an app of this edge. */
  final @Nullable Outside outside;

  /** Whether all of its replicas speak HTTP/2. */
  final boolean speaksHttp2;

  final long connectNanos;
  final long responseNanos;
  final long requestNanos;
  final long idleNanos;

  App(
      AppRoute route,
      AppPolicy policy,
      @Nullable Rules rules,
      ReplicaPool[] pools,
      AppQueue queue,
      Loop loop) {
    this.route = route;
    this.policy = policy;
    nameBytes = route.app().getBytes(StandardCharsets.UTF_8);
    this.rules = rules;
    this.pools = pools;
    outside = route.elsewhere().map(Outside::new).orElse(null);
    this.queue = queue;
    boolean http2 = pools.length > 0;
    for (ReplicaPool each : pools) {
      http2 &= each.speaksHttp2();
    }
    speaksHttp2 = http2;
    Balance balance = policy.balance();
    for (int i = 0; i < pools.length; i++) {
      pools[i].follow(route.upstreams().get(i), balance);
    }
    selector = new Selector(balance, pools, loop.entropy);
    queueNanos = balance.queueTimeout().toNanos();
    Timeouts timeouts = policy.timeouts().orElse(route.timeouts());
    connectNanos = timeouts.connect().toNanos();
    responseNanos = timeouts.response().toNanos();
    requestNanos = timeouts.request().toNanos();
    idleNanos = timeouts.idle().toNanos();
  }

  /** Whether any replica has room for one more exchange. */
  boolean hasRoom() {
    for (ReplicaPool each : pools) {
      if (each.hasRoom()) {
        return true;
      }
    }
    return false;
  }

  List<String> hosts() {
    return policy.hosts().isEmpty() ? route.hosts() : policy.hosts();
  }

  String name() {
    return route.app();
  }
}
