package dev.undercloud.app.up;

import dev.undercloud.control.AppStatus;
import dev.undercloud.control.AppStatus.ReplicaState;
import dev.undercloud.control.AppStatus.ReplicaStatus;
import dev.undercloud.control.Controller;
import dev.undercloud.edge.Edge;
import dev.undercloud.edge.EdgeStats;
import dev.undercloud.edge.cache.CacheStats;
import dev.undercloud.observe.metrics.MetricSource;
import dev.undercloud.observe.metrics.Prometheus;
import java.util.function.ToDoubleFunction;

/** What control and edge add to the metrics: replicas and connections. */
final class HouseMetrics implements MetricSource {
  private final Controller controller;
  private final Edge edge;

  HouseMetrics(Controller controller, Edge edge) {
    this.controller = controller;
    this.edge = edge;
  }

  @Override
  public void collect(Prometheus out) {
    EdgeStats stats = edge.stats();
    out.gauge("undercloud_edge_connections", "Client connections open.")
        .sample(stats.connections());
    cache(out, edge.cache().stats());
    AppStatus app = controller.status();
    each(
        out,
        app,
        "undercloud_replica_up",
        "1 where the replica is healthy, else 0.",
        r -> r.state() == ReplicaState.HEALTHY ? 1 : 0);
    each(out, app, "undercloud_replica_cpu_cores", "Processor cores in use.", ReplicaStatus::cpu);
    each(
        out,
        app,
        "undercloud_replica_memory_bytes",
        "Resident memory.",
        ReplicaStatus::memoryBytes);
    each(
        out,
        app,
        "undercloud_replica_restarts",
        "Restarts since the release was deployed.",
        ReplicaStatus::restarts);
  }

  private static void cache(Prometheus out, CacheStats cache) {
    out.gauge("undercloud_cache_entries", "Stored responses.")
        .sample(cache.entries(), "tier", "memory")
        .sample(cache.diskEntries(), "tier", "disk");
    out.gauge("undercloud_cache_bytes", "Bytes that stored responses take.")
        .sample(cache.bytes(), "tier", "memory")
        .sample(cache.diskBytes(), "tier", "disk");
    out.counter("undercloud_cache_requests", "Requests that the cache could answer.")
        .sample(cache.hits(), "result", "hit")
        .sample(cache.misses(), "result", "miss");
  }

  private static void each(
      Prometheus out,
      AppStatus app,
      String name,
      String help,
      ToDoubleFunction<ReplicaStatus> value) {
    out.gauge(name, help);
    for (ReplicaStatus replica : app.replicas()) {
      out.sample(value.applyAsDouble(replica), "app", app.name(), "replica", replica.name());
    }
  }
}
