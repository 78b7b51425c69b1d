package dev.undercloud.edge.balance;

import dev.undercloud.core.route.Upstream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What all event loops know of one replica: exchanges in flight, and whether it is taken out after
 * failures that we saw ourselves. Lives as long as its {@link Upstream#id} is in a table or has
 * exchanges in flight. Any thread.
 */
public final class Replica {
  /** The count alone on its cache line: every loop writes it on every request. */
  private static final int LINE = 16;

  private final Upstream upstream;
  private final AtomicIntegerArray inFlight = new AtomicIntegerArray(2 * LINE + 1);
  private volatile int failures;
  private volatile int ejections;
  private volatile boolean out;
  private volatile long outUntil;

  public Replica(Upstream upstream) {
    this.upstream = upstream;
  }

  public Upstream upstream() {
    return upstream;
  }

  public int inFlight() {
    return inFlight.getOpaque(LINE);
  }

  /** Counts one more exchange; how many there were before. */
  public int enter() {
    return inFlight.getAndIncrement(LINE);
  }

  public void leave() {
    inFlight.getAndDecrement(LINE);
  }

  /** Whether it takes traffic at {@code now}, in monotonic nanoseconds. */
  public boolean inService(long now) {
    return !out || outUntil - now <= 0;
  }

  /** A response head came from it: earlier failures are forgotten. */
  public void succeeded() {
    if (failures != 0 || out) {
      forgive();
    }
  }

  private synchronized void forgive() {
    failures = 0;
    ejections = 0;
    out = false;
  }

  /**
   * It refused, reset or broke off before a response. After {@code rule.after()} of these in a row
   * it is out for a time that doubles with each repetition; one failure after that time is enough
   * to put it out again.
   *
   * @return for how long it was put out just now, or {@link Duration#ZERO}
   */
  public synchronized Duration failed(long now, Ejection rule) {
    failures++;
    if (failures < rule.after() || !inService(now)) {
      return Duration.ZERO;
    }
    Duration time = rule.time(ejections);
    ejections++;
    failures = rule.after() - 1;
    outUntil = now + time.toNanos();
    out = true;
    return time;
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

    public Ejection {
      if (after < 1) {
        throw new IllegalArgumentException("at least one failure must come first: " + after);
      }
    }

    Duration time(int before) {
      Duration time = first.multipliedBy(1L << Math.min(before, MOST_DOUBLINGS));
      return time.compareTo(longest) < 0 ? time : longest;
    }
  }
}
