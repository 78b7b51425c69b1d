package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.time.Clock;
import dev.undercloud.observe.live.AppLive;
import dev.undercloud.observe.live.LiveStats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last minutes of an app, a point a second, for plots. A virtual thread. */
final class Trend implements AutoCloseable {
  /** Five minutes fit a plot on a phone. */
  private static final int POINTS = 300;

  private static final Duration STEP = Duration.ofSeconds(1);

  private final LiveStats live;
  private final String app;
  private final Clock clock;
  private final Deque<ObjectNode> points = new ArrayDeque<>();
  private final Thread thread;

  Trend(LiveStats live, String app, Clock clock) {
    this.live = live;
    this.app = app;
    this.clock = clock;
    thread = Thread.ofVirtual().name("trend").start(this::run);
  }

  private void run() {
    try {
      long served = live.app(app).count();
      while (true) {
        clock.sleep(STEP);
        AppLive now = live.app(app);
        add(now, now.count() - served);
        served = now.count();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void add(AppLive now, long served) {
    ObjectNode point = Json.object();
    point.put("t", clock.now().getEpochSecond()).put("rps", served);
    point.put("errors", Math.round(now.last10().errorRate() * served * 10) / 10.0);
    point.put("p50_ms", TelemetryJson.round(now.last10().p50Millis()));
    point.put("p99_ms", TelemetryJson.round(now.last10().p99Millis()));
    point.put("in_flight", now.inFlight());
    points.addLast(point);
    if (points.size() > POINTS) {
      points.removeFirst();
    }
  }

  synchronized ObjectNode json() {
    ObjectNode json = Json.object().put("app", app);
    ArrayNode seconds = json.putArray("seconds");
    points.forEach(seconds::add);
    return json;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
