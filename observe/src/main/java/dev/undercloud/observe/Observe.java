package dev.undercloud.observe;

import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.telemetry.DrainPace;
import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQueryRing;
import dev.undercloud.observe.ingest.Drain;
import dev.undercloud.observe.ingest.Followers;
import dev.undercloud.observe.ingest.LogRing;
import dev.undercloud.observe.ingest.RecentExchanges;
import dev.undercloud.observe.ingest.RecentLines;
import dev.undercloud.observe.ingest.RecentQueries;
import dev.undercloud.observe.live.LiveStats;
import dev.undercloud.observe.log.AccessLog;
import dev.undercloud.observe.metrics.DnsMetrics;
import dev.undercloud.observe.metrics.MetricSource;
import dev.undercloud.observe.metrics.ProcessMetrics;
import dev.undercloud.observe.metrics.Prometheus;
import dev.undercloud.observe.metrics.RequestMetrics;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.query.DnsFilter;
import dev.undercloud.observe.query.History;
import dev.undercloud.observe.query.LogQuery;
import dev.undercloud.observe.query.Memory;
import dev.undercloud.observe.query.RequestQuery;
import dev.undercloud.observe.store.Store;
import dev.undercloud.observe.store.StoreState;
import dev.undercloud.observe.why.Why;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The plane that watches the others. It takes exchanges and log lines from bounded rings, keeps the
 * last minute's statistics and the last thousands of both in memory, stores them, and answers
 * questions. Two platform threads, so that a question or a slow disk never keeps one of the virtual
 * threads' carriers: {@code observe-drain} and {@code observe-store}. Methods are safe for any
 * thread; questions block.
 */
public final class Observe implements AutoCloseable {
  /** Between two batches for the store. */
  private static final Duration BATCH = Duration.ofMillis(700);

  /** How long the end waits for each thread. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final LogRing logs = new LogRing();
  private final LiveStats live;
  private final RequestMetrics requestMetrics = new RequestMetrics();
  private final DnsMetrics dnsMetrics = new DnsMetrics();
  private final List<MetricSource> sources = new CopyOnWriteArrayList<>();
  private final Followers followers = new Followers();
  private final Memory memory;
  private final AccessLog access;
  private final Store store;
  private final Drain drain;
  private final History history;
  private final Clock clock;
  private final Thread drainThread;
  private final Thread storeThread;
  private volatile boolean closing;

  private Observe(
      ObserveConfig config,
      Supplier<List<ExchangeRing>> rings,
      Supplier<List<DnsQueryRing>> dnsRings,
      Clock clock,
      LogSink own) {
    this.clock = clock;
    Consumer<String> say =
        words -> {
          LogLine line = new LogLine(clock.now(), LogLine.Source.CONTROL, null, null, null, words);
          own.log(line);
          logs.log(line);
        };
    live = new LiveStats(clock);
    access = new AccessLog(config.accessLog(), config.accessLogBudget(), clock, say);
    store = new Store(config.directory(), config.store(), clock, say);
    memory =
        new Memory(
            new RecentExchanges(config.recent()),
            new RecentLines(),
            new RecentQueries(config.recentQueries()));
    drain =
        new Drain(
            rings,
            dnsRings,
            logs,
            new Drain.Sinks(
                live,
                requestMetrics,
                access,
                store,
                memory.exchanges(),
                memory.lines(),
                memory.queries(),
                dnsMetrics,
                followers),
            new Drain.Rates(
                config.storedPerSecond(),
                config.storedFailuresPerSecond(),
                config.linesPerSecond(),
                config.followedPerSecond(),
                config.queriesPerSecond(),
                config.storedQueriesPerSecond()),
            clock);
    history = new History(memory, store, clock);
    drainThread = Thread.ofPlatform().daemon().name("observe-drain").unstarted(this::drain);
    storeThread = Thread.ofPlatform().daemon().name("observe-store").unstarted(this::store);
  }

  /**
   * Starts taking in. Returns at once; DuckDB is loaded seconds after the first exchange or line.
   *
   * @param rings asked at each drain: one ring an event loop
   * @param dnsRings the same of the DNS server
   * @param own takes what has to be said about telemetry itself, a failing disk for one; it goes to
   *     {@link #logs} too
   */
  public static Observe start(
      ObserveConfig config,
      Supplier<List<ExchangeRing>> rings,
      Supplier<List<DnsQueryRing>> dnsRings,
      Clock clock,
      LogSink own) {
    Observe observe = new Observe(config, rings, dnsRings, clock, own);
    observe.access.start();
    observe.drainThread.start();
    observe.storeThread.start();
    return observe;
  }

  /** The past, where no Undercloud runs on {@code directory}; close it when done. */
  public static Offline openReadOnly(Path directory, Clock clock) {
    return new Offline(directory, clock);
  }

  /** Gives the number of exchanges in flight, once there is an edge. */
  public void edge(EdgeView view) {
    live.edge(view);
    drain.edge(view);
  }

  /** For all planes. Never waits. */
  public LogSink logs() {
    return logs;
  }

  public LiveStats live() {
    return live;
  }

  /**
   * A replica was asked something that is no exchange, a health check: what it logs meanwhile is
   * not put beside a request by time.
   */
  public void otherWork(String upstream, String app, String replica, Instant from, Instant until) {
    drain.otherWork(upstream, app, replica, from, until);
  }

  public List<Exchange> requests(RequestQuery query) {
    return history.requests(query);
  }

  /** Questions to the DNS server, newest first. */
  public List<DnsQuery> queries(DnsFilter filter) {
    return history.queries(filter);
  }

  /** How many of them there were since the start that were over the rate. */
  public long queriesLimited() {
    return dnsMetrics.limited();
  }

  public Optional<Why> why(String requestId) {
    return history.why(requestId);
  }

  /** Oldest first. */
  public List<LogEntry> logLines(LogQuery query) {
    return history.logLines(query);
  }

  /**
   * The latest lines that {@code query} means, then each new one as it comes, on a virtual thread
   * of its own. A follower that is thousands of lines behind misses some.
   */
  public Watch.Subscription follow(LogQuery query, Consumer<? super LogEntry> follower) {
    return new Following(history, followers, query, false, follower).start();
  }

  /** The same, each line when it is known what was behind it: up to a second later. */
  public Watch.Subscription followDecided(LogQuery query, Consumer<? super LogEntry> follower) {
    return new Following(history, followers, query, true, follower).start();
  }

  /** Adds families to {@link #metrics}. */
  public void register(MetricSource source) {
    sources.add(source);
  }

  /** Everything counted, as {@link Prometheus} text. */
  public String metrics() {
    Prometheus out = new Prometheus();
    requestMetrics.collect(out);
    dnsMetrics.collect(out);
    out.gauge("http_server_active_requests", "Exchanges in flight.");
    live.apps().forEach(app -> out.sample(app.inFlight(), "app", app.app()));
    new OwnMetrics(this).collect(out);
    sources.forEach(source -> source.collect(out));
    new ProcessMetrics().collect(out);
    return out.text();
  }

  /** How taking in and storing are doing. */
  public ObserveState state() {
    StoreState s = store.state();
    return new ObserveState(
        s,
        drain.exchangesSeen(),
        drain.exchangesSkipped(),
        drain.exchangesDropped() + s.droppedExchanges(),
        logs.taken(),
        drain.linesSkipped(),
        logs.dropped() + s.droppedLines(),
        dnsMetrics.count(),
        drain.queriesSkipped(),
        drain.queriesDropped() + s.droppedQueries(),
        access.written(),
        access.dropped());
  }

  private void drain() {
    while (!closing) {
      int taken = drain.step();
      try {
        clock.sleep(DrainPace.after(taken));
      } catch (InterruptedException ended) {
        break;
      }
    }
    Thread.interrupted(); // It has done its part; what follows must not be cut short.
    drain.finish();
    access.close();
  }

  private void store() {
    while (!closing) {
      try {
        store.step();
        clock.sleep(BATCH);
      } catch (InterruptedException ended) {
        break;
      }
    }
  }

  /** Takes in what the planes left, writes it, and ends: some seconds at most. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    end(drainThread);
    live.close();
    followers.close();
    end(storeThread);
    Thread last = Thread.ofPlatform().daemon().name("observe-close").start(store::close);
    join(last);
  }

  private static void end(Thread thread) {
    thread.interrupt();
    join(thread);
  }

  private static void join(Thread thread) {
    try {
      thread.join(GRACE);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
