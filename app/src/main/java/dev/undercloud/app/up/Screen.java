package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.LogText;
import dev.undercloud.app.render.RequestText;
import dev.undercloud.app.render.Terminal;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.live.AppLive;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.query.LogQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What {@code up} shows while it serves: a line a request, what app and control say, a live footer.
 */
final class Screen implements AutoCloseable {
  private static final Duration FOOTER_EVERY = Duration.ofSeconds(1);

  /** A terminal is for eyes: beyond this a second, requests are counted in the footer alone. */
  private static final int LINES_PER_SECOND = 40;

  private final Terminal terminal;
  private final RequestText requests;
  private final LogText logs;
  private final Clock clock;
  private final List<Watch.Subscription> subscriptions = new ArrayList<>();
  private long second;
  private int shown;

  Screen(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.requests = new RequestText(terminal);
    this.logs = new LogText(terminal);
    this.clock = clock;
  }

  /** Shows what the house does from now on. */
  void follow(Observe observe, String app, Supplier<JsonNode> status) {
    subscriptions.add(
        observe.live().subscribe(e -> limited(() -> requests.line(TelemetryJson.request(e)))));
    subscriptions.add(
        observe.followDecided(
            LogQuery.everySource(null, null, null, clock.now(), null, 1),
            line -> {
              boolean access = line.source() == LogLine.Source.EDGE && line.requestId() != null;
              // What an app says of health checks every few seconds is for `logs`.
              boolean health = line.correlated() == LogEntry.Correlated.HEALTH;
              if (!access && !health && line.source() != LogLine.Source.BUILD) {
                limited(() -> logs.line(TelemetryJson.line(line)));
              }
            }));
    if (terminal.isTerminal()) {
      Thread footer = Thread.ofVirtual().name("footer").start(() -> footer(observe, app, status));
      subscriptions.add(footer::interrupt);
    }
  }

  private void limited(Supplier<String> line) {
    long now = clock.nanos() / 1_000_000_000L;
    synchronized (this) {
      if (now != second) {
        second = now;
        shown = 0;
      }
      if (shown++ >= LINES_PER_SECOND) {
        return;
      }
    }
    terminal.line(line.get());
  }

  private void footer(Observe observe, String app, Supplier<JsonNode> status) {
    try {
      while (true) {
        AppLive live = observe.live().app(app);
        int healthy = 0;
        int all = 0;
        for (JsonNode replica : status.get().path("apps").path(0).path("replicas")) {
          all++;
          healthy += replica.path("state").asText().equals("healthy") ? 1 : 0;
        }
        String text =
            String.format(
                Locale.ROOT,
                " %d/%d replicas  %.1f req/s  p50 %s  p99 %s  %d in flight  %.1f %% errors   Ctrl-C drains and ends ",
                healthy,
                all,
                live.last10().perSecond(),
                ms(live.last10().p50Millis()),
                ms(live.last10().p99Millis()),
                live.inFlight(),
                live.last10().errorRate() * 100);
        terminal.footer(
            terminal.dim(
                text.length() > terminal.width() ? text.substring(0, terminal.width()) : text));
        clock.sleep(FOOTER_EVERY);
      }
    } catch (InterruptedException closed) {
      terminal.footer("");
      Thread.currentThread().interrupt();
    }
  }

  private static String ms(double millis) {
    return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
  }

  @Override
  public void close() {
    subscriptions.forEach(Watch.Subscription::close);
    terminal.footer("");
  }
}
