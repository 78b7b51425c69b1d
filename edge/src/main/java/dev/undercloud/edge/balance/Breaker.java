package dev.undercloud.edge.balance;

import java.time.Duration;

/**
 * Opens when hardly anything that an app is asked gets a proper answer: then requests are refused
 * at once instead of waiting for the same failure, for a second at first and twice as long each
 * time, half a minute at most. After that one request is let through; its answer closes the
 * breaker, its failure opens it again. Any thread.
 *
 * <p>A failure is a request that the edge had to answer with 502 or 504 because no replica took or
 * answered it. What the app itself answers is none, whatever the status, and however badly said.
 */
public final class Breaker {
  /**
   * Fewer failures within ten seconds are no sign of a failing service, but of failing requests.
   */
  static final int LEAST_FAILURES = 50;

  /** Counts of requests come in late, and a restart is over soon. */
  static final long LEAST_NANOS = Duration.ofSeconds(1).toNanos();

  /** Of a hundred requests. */
  static final int FAILING_PERCENT = 90;

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 5;
  private static final long LONGEST = Duration.ofSeconds(30).toNanos();

  /** What happens to a request. */
  public enum Verdict {
    PASS,
    /** It passes, and its end must be told: {@link #answered}, {@link #failed} or {@link #gone}. */
    PROBE,
    REFUSE
  }

  private enum State {
    CLOSED,
    OPEN,
    PROBING
  }

  private final Window ended;
  private final Window failures;
  private volatile State state = State.CLOSED;
  private long failingSince;
  private long until;
  private int openings;

  public Breaker(long now) {
    ended = new Window(now);
    failures = new Window(now);
  }

  /** What happens to a request that came. One look at a field while closed. */
  public Verdict enter(long now) {
    return state == State.CLOSED ? Verdict.PASS : entersBroken(now);
  }

  private synchronized Verdict entersBroken(long now) {
    return switch (state) {
      case CLOSED -> Verdict.PASS;
      case PROBING -> Verdict.REFUSE;
      case OPEN -> {
        if (now - until < 0) {
          yield Verdict.REFUSE;
        }
        state = State.PROBING;
        yield Verdict.PROBE;
      }
    };
  }

  /** So many requests came: what failures are compared with. */
  public synchronized void came(long count, long now) {
    ended.add(now, count);
  }

  /**
   * A request failed.
   *
   * @return for how long the breaker has just opened, or {@link Duration#ZERO}
   */
  public synchronized Duration failed(long now, boolean probe) {
    failures.add(now, 1);
    boolean opens =
        switch (state) {
          case CLOSED -> failing(now);
          case PROBING -> probe;
          case OPEN -> false;
        };
    if (!opens) {
      return Duration.ZERO;
    }
    long time = Math.min(LONGEST, FIRST.toNanos() << Math.min(openings, MOST_DOUBLINGS));
    openings++;
    until = now + time;
    state = State.OPEN;
    return Duration.ofNanos(time);
  }

  private boolean failing(long now) {
    long failed = failures.sum(now);
    if (failed == 1) {
      failingSince = now;
    }
    return failed >= LEAST_FAILURES
        && now - failingSince >= LEAST_NANOS
        && failed * 100 >= ended.sum(now) * FAILING_PERCENT;
  }

  /** The probe was answered. */
  public synchronized void answered() {
    reset();
  }

  /** The probe ended without telling anything: the next request is one. */
  public synchronized void gone() {
    if (state == State.PROBING) {
      state = State.OPEN;
    }
  }

  /** Other replicas serve now: what was learned does not hold for them. */
  public synchronized void reset() {
    state = State.CLOSED;
    openings = 0;
    failures.clear();
    ended.clear();
  }

  /** How long it stays open, in whole seconds and at least one. */
  public synchronized int retryAfter(long now) {
    return (int) Math.max(1, (until - now + 999_999_999) / 1_000_000_000);
  }
}
