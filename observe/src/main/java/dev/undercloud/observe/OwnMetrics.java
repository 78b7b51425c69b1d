package dev.undercloud.observe;

import dev.undercloud.observe.metrics.MetricSource;
import dev.undercloud.observe.metrics.Prometheus;
import dev.undercloud.observe.store.StoreState;
import java.util.Locale;

/** What telemetry counts of itself. */
record OwnMetrics(Observe observe) implements MetricSource {
  @Override
  public void collect(Prometheus out) {
    ObserveState s = observe.state();
    out.counter("undercloud_telemetry_exchanges_total", "Exchanges by what became of their detail.")
        .sample(s.store().exchanges(), "result", "stored")
        .sample(s.exchangesNotStored(), "result", "over_budget")
        .sample(s.exchangesDropped(), "result", "dropped");
    out.counter("undercloud_telemetry_log_lines_total", "Log lines by what became of them.")
        .sample(s.store().lines(), "result", "stored")
        .sample(s.linesNotStored(), "result", "over_budget")
        .sample(s.linesDropped(), "result", "dropped");
    out.counter("undercloud_telemetry_dns_queries_total", "DNS questions by what became of them.")
        .sample(s.store().queries(), "result", "stored")
        .sample(s.queriesNotStored(), "result", "over_budget")
        .sample(s.queriesDropped(), "result", "dropped");
    out.counter("undercloud_access_log_lines_total", "Access log lines by what became of them.")
        .sample(s.accessWritten(), "result", "written")
        .sample(s.accessDropped(), "result", "dropped");
    out.counter("undercloud_telemetry_failures_total", "Attempts to store that failed.")
        .sample(s.store().failures());
    out.gauge("undercloud_telemetry_state", "1 for the state the store is in.");
    for (StoreState.Status status : StoreState.Status.values()) {
      out.sample(
          s.store().status() == status ? 1 : 0, "state", status.name().toLowerCase(Locale.ROOT));
    }
    out.gauge("undercloud_telemetry_disk_bytes", "Size of all day files.")
        .sample(s.store().bytesOnDisk());
  }
}
