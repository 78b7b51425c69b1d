package dev.undercloud.observe.live;

import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsQuerySlot;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.Marks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Rates, quantiles and errors of the last minute by app and replica, and feeds of exchanges as they
 * end. The drain thread records; any thread asks. Seconds are those of the monotonic clock: setting
 * the wall clock changes nothing here.
 */
public final class LiveStats {
  /** Apps told apart; beyond it they count as {@link #OTHER}. A machine has tens. */
  private static final int MOST_APPS = 64;

  /** Replicas of one app told apart; beyond it the longest silent one is forgotten. */
  private static final int MOST_REPLICAS = 64;

  /** The server could not say: a zone that has not come, or has expired. */
  private static final int SERVFAIL = 2;

  /** A replica that served nothing for so long, in seconds, is no longer listed. */
  private static final long FORGOTTEN_AFTER = 300;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** The name that apps beyond the limit share. */
  public static final String OTHER = "_other";

  private static final class AppSeries {
    final Series all = new Series();
    final Map<String, ReplicaSeries> replicas = new LinkedHashMap<>();
  }

  private record ReplicaSeries(Upstream upstream, Series series) {}

  private final Clock clock;
  private final Map<String, AppSeries> apps = new HashMap<>();
  private final Series questions = new Series();
  private final List<Feed<Exchange>> feeds = new CopyOnWriteArrayList<>();
  private volatile @Nullable EdgeView edge;

  public LiveStats(Clock clock) {
    this.clock = clock;
  }

  /** Where the number of exchanges in flight comes from. */
  public void edge(EdgeView view) {
    edge = view;
  }

  /** The drain thread's. */
  public synchronized void record(ExchangeSlot slot, long nanos) {
    long second = Math.floorDiv(nanos, NANOS_PER_SECOND);
    long micros = Marks.durationNanos(slot.at) / 1000;
    boolean failed = Exchange.failed(slot.status, slot.outcome);
    AppSeries app = series(slot.app == null ? "" : slot.app);
    app.all.record(second, micros, failed);
    Upstream upstream = slot.upstream;
    if (upstream != null) {
      ReplicaSeries replica = app.replicas.get(upstream.id());
      if (replica == null) {
        replica = add(app, upstream);
      }
      replica.series.record(second, micros, failed);
    }
  }

  /** A question to the DNS server. The drain thread's. */
  public synchronized void query(DnsQuerySlot slot, long nanos) {
    long second = Math.floorDiv(nanos, NANOS_PER_SECOND);
    boolean failed = slot.rcode == SERVFAIL || slot.reply.limited();
    questions.record(second, slot.tookNanos / 1000, failed);
  }

  /** The last ten seconds of the DNS server; failed is what it could not answer or would not. */
  public synchronized Rates questions() {
    return questions.over(10, clock.nanos());
  }

  private AppSeries series(String name) {
    AppSeries app = apps.get(name);
    if (app == null) {
      String key = apps.size() < MOST_APPS ? name : OTHER;
      app = apps.computeIfAbsent(key, any -> new AppSeries());
    }
    return app;
  }

  private static ReplicaSeries add(AppSeries app, Upstream upstream) {
    if (app.replicas.size() >= MOST_REPLICAS) {
      app.replicas.values().stream()
          .min((a, b) -> Long.compare(a.series.lastSecond(), b.series.lastSecond()))
          .ifPresent(silent -> app.replicas.remove(silent.upstream.id()));
    }
    ReplicaSeries replica = new ReplicaSeries(upstream, new Series());
    app.replicas.put(upstream.id(), replica);
    return replica;
  }

  /** Whether anybody follows, so that exchanges are worth converting. */
  public boolean followed() {
    return !feeds.isEmpty();
  }

  /** Hands an exchange to all followers. Never waits. */
  public void publish(Exchange exchange) {
    feeds.forEach(feed -> feed.offer(exchange));
  }

  /**
   * Tells {@code follower} of exchanges as they end, on a virtual thread of its own. A slow one
   * misses some; beyond the config's {@code followedPerSecond} all do.
   */
  public Watch.Subscription subscribe(Consumer<? super Exchange> follower) {
    Feed<Exchange> feed = new Feed<>("live-exchanges", () -> {}, follower, feeds::remove);
    feeds.add(feed);
    return feed.start();
  }

  /** Ends all followers. */
  public void close() {
    feeds.forEach(Feed::close);
  }

  /** Every app that was asked for anything, and "" for exchanges that reached none. */
  public List<AppLive> apps() {
    List<AppLive> all = new ArrayList<>();
    List<String> names;
    synchronized (this) {
      names = apps.keySet().stream().sorted().toList();
    }
    for (String name : names) {
      all.add(app(name));
    }
    return all;
  }

  /** One app; all zero where it served nothing. */
  public synchronized AppLive app(String name) {
    AppSeries app = apps.get(name);
    if (app == null) {
      return new AppLive(name, 0, Rates.NONE, Rates.NONE, 0, List.of());
    }
    long nanos = clock.nanos();
    long oldest = Math.floorDiv(nanos, NANOS_PER_SECOND) - FORGOTTEN_AFTER;
    app.replicas.values().removeIf(r -> r.series.lastSecond() < oldest);
    List<ReplicaLive> replicas = new ArrayList<>();
    int inFlight = 0;
    for (ReplicaSeries r : app.replicas.values()) {
      int now = inFlight(r.upstream.id());
      inFlight += now;
      replicas.add(
          new ReplicaLive(
              r.upstream.replica(),
              r.upstream.id(),
              r.series.count(),
              r.series.over(10, nanos),
              r.series.over(60, nanos),
              now));
    }
    return new AppLive(
        name,
        app.all.count(),
        app.all.over(10, nanos),
        app.all.over(60, nanos),
        inFlight,
        replicas);
  }

  private int inFlight(String upstreamId) {
    EdgeView view = edge;
    return view == null ? 0 : view.inFlight(upstreamId);
  }
}
