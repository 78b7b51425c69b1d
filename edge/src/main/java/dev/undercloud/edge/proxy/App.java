package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.route.AppRoute;

/** One app of a table, as one event loop uses it: durations in nanoseconds, pools at hand. */
final class App {
  final AppRoute route;
  final ReplicaPool[] pools;
  final AppPolicy policy;
  final long connectNanos;
  final long responseNanos;
  final long requestNanos;
  final long idleNanos;

  App(AppRoute route, AppPolicy policy, ReplicaPool[] pools) {
    this.route = route;
    this.policy = policy;
    this.pools = pools;
    connectNanos = route.timeouts().connect().toNanos();
    responseNanos = route.timeouts().response().toNanos();
    requestNanos = route.timeouts().request().toNanos();
    idleNanos = route.timeouts().idle().toNanos();
  }

  boolean uses(ReplicaPool pool) {
    for (ReplicaPool each : pools) {
      if (each == pool) {
        return true;
      }
    }
    return false;
  }

  String name() {
    return route.app();
  }
}
