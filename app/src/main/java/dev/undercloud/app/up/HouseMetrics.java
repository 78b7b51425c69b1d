package dev.undercloud.app.up;

import dev.undercloud.control.AppStatus;
import dev.undercloud.control.AppStatus.ReplicaState;
import dev.undercloud.control.AppStatus.ReplicaStatus;
import dev.undercloud.control.Controller;
import dev.undercloud.edge.Edge;
import dev.undercloud.edge.EdgeStats;
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
