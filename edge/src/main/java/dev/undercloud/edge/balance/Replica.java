package dev.undercloud.edge.balance;

import dev.undercloud.core.route.Upstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What all event loops know of one replica: exchanges in flight, how long it takes to answer, and
 * whether it is taken out after failures that we saw ourselves. Lives as long as its {@link
 * Upstream#id} is in a table or has exchanges in flight. Any thread.
 */
public final class Replica {
  /** No moment: it did not join others. */
  static final long NEVER = Long.MIN_VALUE;

  /** Two cache lines: processors fetch them in pairs. */
  private static final int LINE = 16;

  /** What every loop writes on every request lies alone, and what is read together together. */
  private static final int IN_FLIGHT = LINE;

  private static final int LATENCY = LINE + 1;
  private static final int MEASURED_AT = LINE + 2;
  private static final int LASTING = LINE + 3;

  /** A fall is told so often; between, the average would hardly change. */
  private static final long SETTLED_NANOS = 1_000_000;

  /** An error weighs as an answer that took a second. */
  private static final long ERROR_NANOS = 1_000_000_000;

  private final Upstream upstream;
  private final long joinedAt;
  private final long hash;
  private final long token;
  private final AtomicLongArray hot = new AtomicLongArray(2 * LINE + LINE);
  private int failures;
  private int ejections;
  private volatile boolean touched;
  private volatile boolean out;
  private volatile boolean absent;
  private volatile long outUntil;
  private volatile boolean outlier;
  private volatile long outlierUntil;
  private int outlierTimes;
  private long answered;
  private long failing;

  /** A replica that needs no slow start. */
  public Replica(Upstream upstream) {
    this(upstream, NEVER);
  }

  /**
   * @param joinedAt when it came to others that served already; {@link #NEVER} where it did not
   */
  Replica(Upstream upstream, long joinedAt) {
    this.upstream = upstream;
    this.joinedAt = joinedAt;
    byte[] id = upstream.id().getBytes(StandardCharsets.UTF_8);
    hash = Keys.of(id, 0, id.length);
    token = Keys.token(upstream.app(), upstream.id());
  }

  public Upstream upstream() {
    return upstream;
  }

  /** Its place among all hashes. */
  long hash() {
    return hash;
  }

  /** What stands for it in a sticky cookie; never 0. */
  public long token() {
    return token;
  }

  public int inFlight() {
    return (int) hot.getOpaque(IN_FLIGHT);
  }

  /** Counts one more exchange; how many there were before. */
  public int enter() {
    return (int) hot.getAndIncrement(IN_FLIGHT);
  }

  public void leave() {
    hot.getAndDecrement(IN_FLIGHT);
  }

  /** One of its exchanges has become a tunnel or a stream of events, which may last for days. */
  public void lasts(boolean begins) {
    hot.getAndAdd(LASTING, begins ? 1 : -1);
  }

  /** Exchanges in flight that are asked and answered: what a limit is meant for. */
  public int busy() {
    return (int) (hot.getOpaque(IN_FLIGHT) - hot.getOpaque(LASTING));
  }

  /** The part of its weight that it has at {@code now}: grows over {@code slowStart}, from 1/10. */
  public double share(long now, long slowStart) {
    if (joinedAt == NEVER || now - joinedAt >= slowStart) {
      return 1;
    }
    return Math.max(0.1, (double) (now - joinedAt) / slowStart);
  }

  /** How long it takes to answer, as far as is known; 0 where nothing is known any more. */
  public long latency(long now) {
    return Latency.decayed(hot.getOpaque(LATENCY), now - hot.getOpaque(MEASURED_AT));
  }

  /** It answered with an error of gateways: soon perhaps, but nobody is to come for that. */
  public void erred(long now) {
    took(ERROR_NANOS, now);
  }

  /**
   * It took so long to begin its answer. Loops may overwrite each other's samples: the next one is
   * never far.
   */
  public void took(long sample, long now) {
    long average = hot.getOpaque(LATENCY);
    long age = now - hot.getOpaque(MEASURED_AT);
    if (sample <= average && age < SETTLED_NANOS) {
      return;
    }
    hot.setOpaque(LATENCY, Latency.after(average, age, sample));
    hot.setOpaque(MEASURED_AT, now);
  }

  /** Whether it takes traffic at {@code now}, in monotonic nanoseconds. */
  public boolean inService(long now) {
    return (!out || outUntil - now <= 0) && (!outlier || outlierUntil - now <= 0);
  }

  /** Out because it does not take connections, rather than for what it answers. */
  boolean isAbsent(long now) {
    return absent && out && outUntil - now > 0;
  }

  /** A response head came from it: earlier failures in a row are forgotten. */
  public void succeeded() {
    if (touched) {
      forgive();
    }
  }

  private synchronized void forgive() {
    failures = 0;
    ejections = 0;
    out = false;
    absent = false;
    touched = false;
  }

  /**
   * It refused, reset or broke off before a response. After {@code rule.after()} of these in a row
   * it is out for a time that doubles with each repetition; one failure after that time is enough
   * to put it out again.
   *
   * @param connected whether it took the connection at least
   * @return for how long it was put out just now, or {@link Duration#ZERO}
   */
  public synchronized Duration failed(long now, Ejection rule, boolean connected) {
    touched = true;
    failures++;
    if (failures < rule.after() || !inService(now)) {
      return Duration.ZERO;
    }
    Duration time = rule.time(ejections);
    ejections++;
    failures = rule.after() - 1;
    outUntil = now + time.toNanos();
    absent = !connected;
    out = true;
    return time;
  }

  /** What one loop saw of its answers since it last said so. */
  public synchronized void count(long answers, long failures) {
    answered += answers;
    failing += failures;
  }

  /** The counts since the last call. */
  synchronized Outliers.Tally tally() {
    Outliers.Tally tally = new Outliers.Tally(answered, failing);
    answered = failing = 0;
    return tally;
  }

  /** It fails far more than the others do; for how long it is out. */
  synchronized Duration ejectOutlier(long now, Ejection rule) {
    Duration time = rule.time(rule.longer(outlierTimes++));
    outlierUntil = now + time.toNanos();
    outlier = true;
    return time;
  }

  /** A window went by in which it was like the others. */
  synchronized void isLikeOthers(long now) {
    if (outlier && outlierUntil - now <= 0) {
      outlier = false;
      outlierTimes = 0;
    }
  }

  /**
   * When and for how long a failing replica is taken out.
   *
   * @param after consecutive failures
   * @param first time out, doubled each time it fails again
   * @param longest time out
   */
  public record Ejection(int after, Duration first, Duration longest) {
    private static final int MOST_DOUBLINGS = 16;

    /** A judgement over five seconds holds for about as long: 8 s for a first of 1 s. */
    private static final int OUTLIER_DOUBLINGS = 3;

    public Ejection {
      if (after < 1) {
        throw new IllegalArgumentException("at least one failure must come first: " + after);
      }
    }

    Duration time(int before) {
      Duration time = first.multipliedBy(1L << Math.min(before, MOST_DOUBLINGS));
      return time.compareTo(longest) < 0 ? time : longest;
    }

    int longer(int before) {
      return before + OUTLIER_DOUBLINGS;
    }
  }
}
