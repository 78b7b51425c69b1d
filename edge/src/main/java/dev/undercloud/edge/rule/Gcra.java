package dev.undercloud.edge.rule;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The generic cell rate algorithm for many clients in fixed memory: each has one word with a tag
 * and the moment at which its allowance would be whole again. Any thread, without locks: a request
 * costs one compare-and-set.
 *
 * <p>A client's word lies in one of eight places. Where all eight are taken by clients whose
 * allowance is not whole, a newcomer counts on the least used one: an attack from many addresses
 * makes limits stricter, never weaker and never larger.
 */
public final class Gcra {
  /** Clients that can be below their allowance at once, in 512 KiB. */
  public static final int CLIENTS = 1 << 16;

  private static final int PLACES = 8;
  private static final int TAT_BITS = 44;
  private static final long TAT = (1L << TAT_BITS) - 1;

  /** Parts of the interval between two requests that are told apart. */
  private static final int FINEST = 64;

  /** No finer than this: then 44 bits wrap around after two years, and may. */
  private static final long LEAST_TICK_NANOS = 4_000;

  private final AtomicLongArray words;
  private final int buckets;
  private final long intervalNanos;
  private final int ticks;
  private final long tolerance;

  /** What a request was told. Reused by its loop. */
  public static final class Reading {
    public boolean allowed;

    /** Requests that would pass at once now. */
    public long remaining;

    /** Until the allowance is whole; rounded up. */
    public long resetSeconds;

    /** Until the next request passes; rounded up, 0 where it would now. */
    public long retrySeconds;
  }

  /**
   * @param clients at most, a power of two; {@link #CLIENTS}, or 1 where all count together
   */
  public Gcra(int count, Duration period, int burst, int clients) {
    buckets = Math.max(1, clients / PLACES);
    words = new AtomicLongArray(buckets * PLACES);
    intervalNanos = Math.max(1, period.toNanos() / count);
    ticks = (int) Math.clamp(intervalNanos / LEAST_TICK_NANOS, 1, FINEST);
    tolerance = (long) ticks * (burst - 1);
  }

  /**
   * Counts a request.
   *
   * @param hash of the client, by a function that clients cannot foresee
   * @param nanos monotonic
   */
  public void take(long hash, long nanos, Reading out) {
    long tag = Math.max(1, hash >>> TAT_BITS);
    int bucket = (int) (hash & buckets - 1) * PLACES;
    long now = nanos / intervalNanos * ticks + nanos % intervalNanos * ticks / intervalNanos & TAT;
    while (true) {
      int at = place(bucket, tag, now);
      long word = words.get(at);
      long ahead = ahead(word, now);
      boolean mine = word >>> TAT_BITS == tag || ahead == 0;
      if (ahead > tolerance) {
        tell(out, false, ahead);
        return;
      }
      long next = (mine ? tag : word >>> TAT_BITS) << TAT_BITS | now + ahead + ticks & TAT;
      if (words.compareAndSet(at, word, next)) {
        tell(out, true, ahead + ticks);
        return;
      }
    }
  }

  /** The client's own place, else a free one, else the least used. */
  private int place(int bucket, long tag, long now) {
    int free = -1;
    int least = bucket;
    long leastAhead = Long.MAX_VALUE;
    for (int i = bucket; i < bucket + PLACES; i++) {
      long word = words.get(i);
      if (word >>> TAT_BITS == tag) {
        return i;
      }
      long ahead = ahead(word, now);
      if (ahead == 0 && free < 0) {
        free = i;
      }
      if (ahead < leastAhead) {
        leastAhead = ahead;
        least = i;
      }
    }
    return free >= 0 ? free : least;
  }

  /** Ticks until the allowance is whole; 0 for what is, and for what wrapped around. */
  private long ahead(long word, long now) {
    if (word == 0) {
      return 0;
    }
    long shift = Long.SIZE - TAT_BITS;
    long ahead = ((word & TAT) - now << shift) >> shift;
    return ahead < 0 || ahead > tolerance + 2L * ticks ? 0 : ahead;
  }

  private void tell(Reading out, boolean allowed, long ahead) {
    out.allowed = allowed;
    out.remaining = Math.max(0, (tolerance + ticks - ahead) / ticks);
    out.resetSeconds = seconds(ahead);
    out.retrySeconds = seconds(ahead - tolerance);
  }

  private long seconds(long span) {
    return span <= 0 ? 0 : (long) Math.ceil((double) span * intervalNanos / ticks / 1e9);
  }

  /** Words in use or not: what this takes of memory. */
  int capacity() {
    return words.length();
  }
}
