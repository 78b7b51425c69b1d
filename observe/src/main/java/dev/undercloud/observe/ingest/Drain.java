package dev.undercloud.observe.ingest;

import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQueryRing;
import dev.undercloud.core.zone.DnsQuerySlot;
import dev.undercloud.observe.live.LiveStats;
import dev.undercloud.observe.log.AccessLog;
import dev.undercloud.observe.metrics.DnsMetrics;
import dev.undercloud.observe.metrics.RequestMetrics;
import dev.undercloud.observe.model.AccessLine;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Lookup;
import dev.undercloud.observe.model.Marks;
import dev.undercloud.observe.store.Store;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Empties the rings: each exchange is copied to memory, counted and written to the access log;
 * those within the budgets become records for the store and for followers. {@link #step} is one
 * thread's alone. A few hundred nanoseconds an exchange beyond the budgets.
 */
public final class Drain {
  /** Between two handovers to the access log's writer, in nanoseconds: half a second. */
  private static final long FLUSH = 500_000_000L;

  /** Slower than this is worth keeping whatever the rate, in nanoseconds. */
  private static final long SLOW = 1_000_000_000L;

  /**
   * How much of what comes is kept.
   *
   * @param stored exchanges a second
   * @param failures a second on top
   * @param lines a second
   * @param followed exchanges a second told to followers
   * @param queries DNS questions a second looked at in detail, and matched to connections
   * @param storedQueries of them a second
   */
  public record Rates(
      int stored, int failures, int lines, int followed, int queries, int storedQueries) {}

  /** Where it all goes. */
  public record Sinks(
      LiveStats live,
      RequestMetrics metrics,
      AccessLog access,
      Store store,
      RecentExchanges exchanges,
      RecentLines lines,
      RecentQueries queries,
      DnsMetrics dns,
      Followers followers) {}

  private final Supplier<List<ExchangeRing>> rings;
  private final Supplier<List<DnsQueryRing>> dnsRings;
  private final LogRing logs;
  private final Sinks to;
  private final Clock clock;
  private final Correlator correlator;
  private final Budget stored;
  private final Budget failures;
  private final Budget lineBudget;
  private final Budget followed;
  private final Budget queries;
  private final Budget storedQueries;
  private final Consumer<ExchangeSlot> onExchange = slot -> guarded(this::exchange, slot);
  private final Consumer<DnsQuerySlot> onQuery = slot -> guarded(this::query, slot);
  private final Consumer<LogLine> onLine = line -> guarded(this::line, line);
  private final Consumer<LogEntry> onDecided = this::decided;
  private final AtomicLong exchangesSeen = new AtomicLong();
  private final AtomicLong exchangesSkipped = new AtomicLong();
  private final AtomicLong linesSkipped = new AtomicLong();
  private final AtomicLong queriesSkipped = new AtomicLong();
  private long seq;
  private long nanos;
  private long micros;
  private long flushed;
  private boolean telling;
  private boolean failed;

  public Drain(
      Supplier<List<ExchangeRing>> rings,
      Supplier<List<DnsQueryRing>> dnsRings,
      LogRing logs,
      Sinks to,
      Rates rates,
      Clock clock) {
    this.rings = rings;
    this.dnsRings = dnsRings;
    this.logs = logs;
    this.to = to;
    this.clock = clock;
    this.correlator = new Correlator(to.exchanges());
    nanos = clock.nanos();
    stored = new Budget(rates.stored(), nanos);
    failures = new Budget(rates.failures(), nanos);
    lineBudget = new Budget(rates.lines(), nanos);
    followed = new Budget(rates.followed(), nanos);
    queries = new Budget(rates.queries(), nanos);
    storedQueries = new Budget(rates.storedQueries(), nanos);
    // Numbers of a later run are higher, so that lines of two runs stay in order.
    seq = ChronoUnit.MICROS.between(Instant.EPOCH, clock.now());
  }

  /** Where the number of exchanges in flight comes from. */
  public void edge(EdgeView view) {
    correlator.edge(view);
  }

  /** See {@link Correlator#otherWork}. */
  public void otherWork(String upstream, String app, String replica, Instant from, Instant until) {
    correlator.otherWork(upstream, app, replica, from, until);
  }

  /** Takes in what waits; how much it was. Never throws: telemetry outlives its own bugs. */
  public int step() {
    try {
      return takeIn();
    } catch (RuntimeException bug) {
      tell(bug);
      return 0;
    }
  }

  private int takeIn() {
    nanos = clock.nanos();
    micros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.now());
    stored.refill(nanos);
    failures.refill(nanos);
    lineBudget.refill(nanos);
    followed.refill(nanos);
    queries.refill(nanos);
    storedQueries.refill(nanos);
    telling = to.live().followed() || to.followers().wantAccess();
    correlator.look(micros);
    int done = questions();
    for (ExchangeRing ring : rings.get()) {
      done += ring.drain(onExchange);
    }
    done += logs.drain(onLine);
    correlator.release(micros, false, onDecided);
    if (nanos - flushed >= FLUSH) {
      flushed = nanos;
      to.access().flush();
    }
    return done;
  }

  private int questions() {
    int done = 0;
    for (DnsQueryRing ring : dnsRings.get()) {
      done += ring.drain(onQuery);
    }
    return done;
  }

  /** Takes in what waits and lets go of what is held. After the planes have ended. */
  public void finish() {
    step();
    correlator.release(micros, true, onDecided);
  }

  /** One item that we cannot digest costs itself, not the ring behind it. */
  private <T> void guarded(Consumer<T> taker, T item) {
    try {
      taker.accept(item);
    } catch (RuntimeException bug) {
      tell(bug);
    }
  }

  private void tell(RuntimeException bug) {
    if (!failed) {
      failed = true;
      String words = "Telemetry could not take in an item and went on without it: " + bug;
      logs.log(new LogLine(clock.now(), LogLine.Source.CONTROL, null, null, null, words));
    }
  }

  private void exchange(ExchangeSlot slot) {
    exchangesSeen.setPlain(exchangesSeen.getPlain() + 1);
    long number = ++seq;
    to.live().record(slot, nanos);
    to.metrics().record(slot);
    Lookup lookup = lookup(slot);
    to.exchanges().add(slot, number, lookup);
    to.access().add(slot);
    correlator.exchange(slot);
    boolean keep = stored.take() || (notable(slot) && failures.take());
    boolean tell = telling && followed.take();
    if (!keep) {
      exchangesSkipped.setPlain(exchangesSkipped.getPlain() + 1);
    }
    if (keep || tell) {
      Exchange exchange = Exchange.of(slot, lookup);
      if (keep) {
        to.store().offer(exchange);
      }
      if (tell) {
        to.live().publish(exchange);
        to.followers().now(AccessLine.of(number, exchange));
        to.followers().decided(AccessLine.of(number, exchange));
      }
    }
  }

  /** The question that a new connection followed; null where there is none that is certain. */
  private @Nullable Lookup lookup(ExchangeSlot slot) {
    if (slot.at[Stage.ACCEPT.ordinal()] == ExchangeSlot.NEVER) {
      return null;
    }
    // It was asked before the exchange began, but may have come in since the rings were read.
    questions();
    Lookup lookup = to.queries().match(slot);
    to.dns().connection(lookup == null ? null : lookup.how());
    return lookup;
  }

  private void query(DnsQuerySlot slot) {
    to.live().query(slot, nanos);
    to.dns().record(slot);
    if (!queries.take()) {
      queriesSkipped.setPlain(queriesSkipped.getPlain() + 1);
      return;
    }
    DnsQuery query = to.queries().add(slot);
    if (storedQueries.take()) {
      to.store().offer(query);
    } else {
      queriesSkipped.setPlain(queriesSkipped.getPlain() + 1);
    }
  }

  private static boolean notable(ExchangeSlot slot) {
    return Exchange.failed(slot.status, slot.outcome) || Marks.durationNanos(slot.at) >= SLOW;
  }

  private void line(LogLine line) {
    LogEntry entry = correlator.byText(LogEntry.of(++seq, line));
    to.lines().add(entry);
    to.followers().now(entry);
    if (!correlator.hold(entry, micros)) {
      keep(entry);
    }
  }

  /** A line that was held has its request now, or never will. */
  private void decided(LogEntry line) {
    if (line.requestId() != null) {
      to.lines().correlated(line);
    }
    keep(line);
  }

  private void keep(LogEntry line) {
    to.followers().decided(line);
    if (lineBudget.take()) {
      to.store().offer(line);
    } else {
      linesSkipped.setPlain(linesSkipped.getPlain() + 1);
    }
  }

  /** Exchanges taken in. Any thread. */
  public long exchangesSeen() {
    return exchangesSeen.get();
  }

  /** Exchanges counted but not stored, over the budget. */
  public long exchangesSkipped() {
    return exchangesSkipped.get();
  }

  /** Lines not stored, over the budget. */
  public long linesSkipped() {
    return linesSkipped.get();
  }

  /** DNS questions counted but not stored, over the budget. */
  public long queriesSkipped() {
    return queriesSkipped.get();
  }

  /** DNS questions lost in the rings because this was too slow. */
  public long queriesDropped() {
    return dnsRings.get().stream().mapToLong(DnsQueryRing::dropped).sum();
  }

  /** Exchanges lost in the rings because this was too slow. */
  public long exchangesDropped() {
    long sum = 0;
    for (ExchangeRing ring : rings.get()) {
      sum += ring.dropped();
    }
    return sum;
  }
}
