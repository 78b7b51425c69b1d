package dev.undercloud.edge.balance;

import java.util.Arrays;

/** Counts of the last ten seconds, second by second. Its owner's lock protects it. */
final class Window {
  static final int SECONDS = 10;
  private static final long SECOND = 1_000_000_000;

  private final long[] counts = new long[SECONDS];
  private final long origin;
  private long second;
  private long sum;

  Window(long now) {
    origin = now;
  }

  void add(long now, long count) {
    advance(now);
    counts[(int) (second % SECONDS)] += count;
    sum += count;
  }

  long sum(long now) {
    advance(now);
    return sum;
  }

  void clear() {
    Arrays.fill(counts, 0);
    sum = 0;
  }

  private void advance(long now) {
    long to = (now - origin) / SECOND;
    if (to - second >= SECONDS) {
      clear();
      second = to;
    }
    while (second < to) {
      second++;
      int at = (int) (second % SECONDS);
      sum -= counts[at];
      counts[at] = 0;
    }
  }
}
