package dev.undercloud.observe.metrics;

import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.observe.model.Marks;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of exchanges since the start, named by OpenTelemetry's HTTP conventions. The drain thread
 * records; any thread collects. Series are bounded: 64 apps, 10 methods, 6 classes of status.
 */
public final class RequestMetrics implements MetricSource {
  private static final int MOST_APPS = 64;
  private static final int MOST_REPLICAS = 512;
  private static final String OTHER = "_other";

  /** As the conventions advise, in seconds. */
  private static final double[] BOUNDS = {
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
  };

  private static final long[] BOUNDS_NANOS = nanos();

  /** Methods that the conventions know; everything else is {@code _OTHER}. */
  private static final String[] METHODS = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "_OTHER"
  };

  /** Index is status / 100; 0 where no response was sent. */
  private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private static final class Cell {
    final long[] buckets = new long[BOUNDS.length + 1];
    long count;
    double seconds;
  }

  private static final class App {
    final Cell[] cells = new Cell[METHODS.length * CLASSES.length];
    final long[] outcomes = new long[Outcome.values().length];
    final long[] stageNanos = new long[Stage.COUNT];
    long requestBytes;
    long responseBytes;
    long retries;
    long reused;
    long dialed;
  }

  private record ReplicaKey(String app, String replica) {}

  private final Map<String, App> apps = new HashMap<>();
  private final Map<ReplicaKey, long[]> replicas = new HashMap<>();

  /** The same by unique name: one quick look an exchange. */
  private final Map<String, long[]> byUpstream = new HashMap<>();

  /** The drain thread's. */
  public synchronized void record(ExchangeSlot slot) {
    App app = app(slot.app == null ? "" : slot.app);
    int index = method(slot) * CLASSES.length + Math.clamp(slot.status / 100, 0, 5);
    Cell cell = app.cells[index];
    if (cell == null) {
      cell = new Cell();
      app.cells[index] = cell;
    }
    long nanos = Marks.durationNanos(slot.at);
    cell.count++;
    cell.seconds += nanos / 1e9;
    cell.buckets[bucket(nanos)]++;
    app.outcomes[slot.outcome.ordinal()]++;
    app.requestBytes += slot.requestBytes;
    app.responseBytes += slot.responseBytes;
    app.retries += Math.max(0, slot.attempts - 1);
    stages(app, slot.at);
    Upstream upstream = slot.upstream;
    if (upstream != null) {
      if (slot.reused) {
        app.reused++;
      } else {
        app.dialed++;
      }
      replica(upstream)[Math.clamp(slot.status / 100, 0, 5)]++;
    }
  }

  private App app(String name) {
    App app = apps.get(name);
    if (app == null) {
      app = apps.computeIfAbsent(apps.size() < MOST_APPS ? name : OTHER, any -> new App());
    }
    return app;
  }

  private long[] replica(Upstream upstream) {
    long[] counts = byUpstream.get(upstream.id());
    if (counts == null) {
      ReplicaKey key = new ReplicaKey(upstream.app(), upstream.replica());
      if (!replicas.containsKey(key) && replicas.size() >= MOST_REPLICAS) {
        key = new ReplicaKey(OTHER, OTHER);
      }
      counts = replicas.computeIfAbsent(key, any -> new long[CLASSES.length]);
      if (byUpstream.size() >= 2 * MOST_REPLICAS) {
        byUpstream.clear();
      }
      byUpstream.put(upstream.id(), counts);
    }
    return counts;
  }

  private static void stages(App app, long[] at) {
    int before = -1;
    for (int i = 0; i < Stage.COUNT; i++) {
      if (at[i] != ExchangeSlot.NEVER) {
        if (before >= 0 && at[i] > at[before]) {
          app.stageNanos[Marks.underWay(before, i)] += at[i] - at[before];
        }
        before = i;
      }
    }
  }

  private static int method(ExchangeSlot slot) {
    for (int m = 0; m < METHODS.length - 1; m++) {
      String name = METHODS[m];
      if (name.length() == slot.methodLength && same(name, slot.method)) {
        return m;
      }
    }
    return METHODS.length - 1;
  }

  private static boolean same(String name, byte[] bytes) {
    for (int i = 0; i < name.length(); i++) {
      if (bytes[i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int bucket(long nanos) {
    int i = 0;
    while (i < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[i]) {
      i++;
    }
    return i;
  }

  private static long[] nanos() {
    long[] all = new long[BOUNDS.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = Math.round(BOUNDS[i] * 1e9);
    }
    return all;
  }

  @Override
  public synchronized void collect(Prometheus out) {
    Map<String, App> sorted = new TreeMap<>(apps);
    durations(sorted, out);
    out.counter("undercloud_exchanges_total", "Exchanges by the way they ended.");
    sorted.forEach((name, app) -> {
      for (Outcome o : Outcome.values()) {
        long count = app.outcomes[o.ordinal()];
        if (count > 0) {
          out.sample(count, "app", name, "outcome", o.name().toLowerCase(Locale.ROOT));
        }
      }
    });
    out.counter(
        "undercloud_stage_seconds_total",
        "Time exchanges spent until each stage, from the one before.");
    sorted.forEach((name, app) -> {
      for (int i = 1; i < Stage.COUNT; i++) {
        out.sample(app.stageNanos[i] / 1e9, "app", name, "stage", Stage.at(i).label());
      }
    });
    out.counter("http_server_request_body_size_bytes_total", "Body bytes received from clients.");
    sorted.forEach((name, app) -> out.sample(app.requestBytes, "app", name));
    out.counter("http_server_response_body_size_bytes_total", "Body bytes sent to clients.");
    sorted.forEach((name, app) -> out.sample(app.responseBytes, "app", name));
    out.counter("undercloud_upstream_retries_total", "Attempts after the first.");
    sorted.forEach((name, app) -> out.sample(app.retries, "app", name));
    out.counter("undercloud_upstream_connections_total", "Connections to replicas, as used.");
    sorted.forEach((name, app) -> {
      out.sample(app.reused, "app", name, "kind", "reused");
      out.sample(app.dialed, "app", name, "kind", "new");
    });
    out.counter("undercloud_replica_requests_total", "Requests by replica and class of status.");
    replicas.forEach((key, counts) -> {
      for (int c = 0; c < CLASSES.length; c++) {
        if (counts[c] > 0) {
          out.sample(
              counts[c],
              "app",
              key.app,
              "replica",
              key.replica,
              "http_response_status_class",
              CLASSES[c]);
        }
      }
    });
  }

  private static void durations(Map<String, App> sorted, Prometheus out) {
    out.histogram(
        "http_server_request_duration_seconds",
        "From the first byte of a request's head to the last byte of its response.");
    sorted.forEach((name, app) -> {
      for (int i = 0; i < app.cells.length; i++) {
        Cell cell = app.cells[i];
        if (cell != null) {
          histogram(out, cell, name, METHODS[i / CLASSES.length], CLASSES[i % CLASSES.length]);
        }
      }
    });
  }

  private static void histogram(
      Prometheus out, Cell cell, String app, String method, String status) {
    long sum = 0;
    for (int b = 0; b <= BOUNDS.length; b++) {
      sum += cell.buckets[b];
      String le = b < BOUNDS.length ? Prometheus.number(BOUNDS[b]) : "+Inf";
      out.sampleOf(
          "_bucket",
          sum,
          "app",
          app,
          "http_request_method",
          method,
          "http_response_status_class",
          status,
          "le",
          le);
    }
    String[] labels = {
      "app", app, "http_request_method", method, "http_response_status_class", status
    };
    out.sampleOf("_sum", cell.seconds, labels);
    out.sampleOf("_count", cell.count, labels);
  }
}
