package dev.undercloud.edge.balance;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one loop that wait for room at the replicas of one app, and the decision who gets in.
 * Nothing is allocated. Its loop's thread only; times are monotonic nanoseconds.
 *
 * <p>A burst is taken in and served in order. A standing line is overload: when the one in front
 * has waited longer than {@link #TARGET} throughout {@link #INTERVAL} (the sign that CoDel goes by,
 * RFC 8289), only so many may wait as are served within the target, and all others are refused at
 * once. Then nobody waits in vain, and the replicas never run dry. So is, in any line, whoever
 * would wait too long by the rate at which it moves. Whoever has spent half of their patience in an
 * overloaded line is let go; and where the line is longer than that half can serve, those who came
 * last are served first, as they still have a use for an answer.
 *
 * @param <W> who waits
 */
public final class WaitingLine<W extends WaitingLine.Waiter<W>> {
  /** Hardly felt beside the time that an app takes. */
  public static final Duration TARGET = Duration.ofMillis(200);

  /** A burst that is served within this is none to talk about. */
  public static final Duration INTERVAL = Duration.ofMillis(500);

  private static final long TARGET_NANOS = TARGET.toNanos();
  private static final long INTERVAL_NANOS = INTERVAL.toNanos();
  private static final double SECOND = 1e9;

  /** Of what was measured before, each tick: ten ticks a second, so the last seconds count. */
  private static final double KEPT = 0.95;

  /** Without so much of it observed, no rate is known. */
  private static final double LEAST_BUSY_NANOS = 1e8;

  /** One who waits; in one line at most. */
  public abstract static class Waiter<W> {
    @Nullable W ahead;
    @Nullable W behind;
    boolean inLine;
    long since;
    long until;

    public final boolean inLine() {
      return inLine;
    }

    /** When it came, before it was told to try. */
    public final long waitsSince() {
      return since;
    }
  }

  private @Nullable W oldest;
  private @Nullable W newest;
  private int length;
  private boolean above;
  private long aboveSince;
  private boolean overloaded;
  private double served;
  private double busy;
  private long servedNow;
  private long tickedAt;

  public WaitingLine(long now) {
    tickedAt = now;
  }

  public int length() {
    return length;
  }

  public boolean isOverloaded() {
    return overloaded;
  }

  public @Nullable W oldest() {
    return oldest;
  }

  /**
   * Whether one more may wait; else it is better told so at once. In a line that is not overloaded
   * that is one who will have spent half of their patience when their turn comes.
   *
   * @param patience nanoseconds
   */
  public boolean admits(long patience) {
    double rate = rate();
    if (rate == 0) {
      return !overloaded || length == 0;
    }
    double longest = overloaded ? TARGET_NANOS : patience / 2.0;
    return length < Math.max(1, rate * longest / SECOND);
  }

  /** Takes {@code who} in, until {@code until} at the latest. */
  public void add(W who, long now, long until) {
    who.since = now;
    who.until = until;
    append(who);
  }

  /** {@code who} was told to try, and found no room after all: it has its place again. */
  public void putBack(W who) {
    W first = oldest;
    if (first == null || who.since - first.since > 0 && isNewest(who)) {
      append(who);
      return;
    }
    who.inLine = true;
    length++;
    who.behind = first;
    first.ahead = who;
    oldest = who;
  }

  private boolean isNewest(W who) {
    W last = newest;
    return last == null || who.since - last.since >= 0;
  }

  private void append(W who) {
    who.inLine = true;
    length++;
    W last = newest;
    who.ahead = last;
    if (last == null) {
      oldest = who;
    } else {
      last.behind = who;
    }
    newest = who;
  }

  /** It went away, or has found a place. */
  public void remove(W who) {
    if (!who.inLine) {
      return;
    }
    who.inLine = false;
    length--;
    W before = who.ahead;
    W after = who.behind;
    if (before == null) {
      oldest = after;
    } else {
      before.behind = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.ahead = before;
    }
    who.ahead = who.behind = null;
  }

  /** Who is to try now; null where nobody waits. It leaves the line. */
  public @Nullable W next(long now) {
    W who = isHopelessInOrder() ? newest : oldest;
    if (who != null) {
      remove(who);
    }
    return who;
  }

  private boolean isHopelessInOrder() {
    W first = oldest;
    double rate = rate();
    return overloaded
        && first != null
        && rate > 0
        && length / rate * SECOND > (first.until - first.since) / 2.0;
  }

  /** One found room, having waited since {@code since}. */
  public void served(long since, long now) {
    servedNow++;
    W first = oldest;
    judge(first == null ? now - since : Math.max(now - since, now - first.since), now);
  }

  /** Looks at the clock, about ten times a second. */
  public void tick(long now) {
    double time = now - tickedAt;
    tickedAt = now;
    if (length > 0 || servedNow > 0) {
      served = served * KEPT + servedNow;
      busy = busy * KEPT + time;
    } else {
      // How fast it moved then says less and less of how fast it would move now.
      served *= KEPT;
      busy *= KEPT;
    }
    W first = oldest;
    if (first != null) {
      judge(now - first.since, now);
    } else if (servedNow == 0) {
      overloaded = above = false;
    }
    servedNow = 0;
  }

  private void judge(long waited, long now) {
    if (waited < TARGET_NANOS / 2) {
      above = overloaded = false;
    } else if (waited >= TARGET_NANOS) {
      if (!above) {
        above = true;
        aboveSince = now;
      }
      overloaded |= now - aboveSince >= INTERVAL_NANOS;
    } else if (!overloaded) {
      above = false;
    }
  }

  /**
   * Takes out the next one that has waited too long for an overloaded line; null if there is none.
   */
  public @Nullable W shed(long now) {
    W first = oldest;
    if (!overloaded || first == null || now - first.since < (first.until - first.since) / 2) {
      return null;
    }
    remove(first);
    return first;
  }

  /** How many a second found room while others waited; 0 where that is not known. */
  public double rate() {
    return busy < LEAST_BUSY_NANOS ? 0 : served * SECOND / busy;
  }
}
