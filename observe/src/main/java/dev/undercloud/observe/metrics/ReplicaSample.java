package dev.undercloud.observe.metrics;

import java.util.List;
import java.util.function.Supplier;

/**
 * A replica as whoever runs it sees it now.
 *
 * @param app its app
 * @param replica {@code web.1}
 * @param state {@code starting}, {@code healthy}, {@code unhealthy}, {@code draining}, {@code
 *     stopped}
 * @param cpuSeconds processor time since it started
 * @param memoryBytes resident
 * @param processes in it
 * @param restarts since it was created
 */
public record ReplicaSample(
    String app,
    String replica,
    String state,
    double cpuSeconds,
    long memoryBytes,
    int processes,
    long restarts) {

  /** Replicas in one scrape at most: a series each and family. */
  private static final int MOST = 1_024;

  /** The families of all replicas. */
  public static MetricSource source(Supplier<List<ReplicaSample>> replicas) {
    return out -> collect(replicas.get().stream().limit(MOST).toList(), out);
  }

  private static void collect(List<ReplicaSample> all, Prometheus out) {
    if (all.isEmpty()) {
      return;
    }
    out.gauge("undercloud_replica_state", "1 for the state a replica is in.");
    all.forEach(r -> out.sample(1, "app", r.app, "replica", r.replica, "state", r.state));
    out.counter("undercloud_replica_cpu_seconds_total", "Processor time a replica has used.");
    all.forEach(r -> out.sample(r.cpuSeconds, "app", r.app, "replica", r.replica));
    out.gauge("undercloud_replica_memory_bytes", "Resident memory of a replica's processes.");
    all.forEach(r -> out.sample(r.memoryBytes, "app", r.app, "replica", r.replica));
    out.gauge("undercloud_replica_processes", "Processes of a replica.");
    all.forEach(r -> out.sample(r.processes, "app", r.app, "replica", r.replica));
    out.counter("undercloud_replica_restarts_total", "Times a replica was started again.");
    all.forEach(r -> out.sample(r.restarts, "app", r.app, "replica", r.replica));
  }
}
