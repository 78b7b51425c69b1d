package dev.undercloud.observe.live;

/** A count, with the rate of its last ten seconds. Not safe across threads: its owner locks. */
final class Tally {
  /** Seconds told apart: those of the window and the one that has begun. */
  private static final int SECONDS = 16;

  private static final int WINDOW = 10;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final long[] at = new long[SECONDS];
  private final int[] counts = new int[SECONDS];
  private long total;

  Tally() {
    java.util.Arrays.fill(at, Long.MIN_VALUE);
  }

  void add(long second) {
    int index = (int) Math.floorMod(second, (long) SECONDS);
    if (at[index] != second) {
      at[index] = second;
      counts[index] = 0;
    }
    counts[index]++;
    total++;
  }

  Count over(long nanos) {
    long now = Math.floorDiv(nanos, NANOS_PER_SECOND);
    double elapsed = WINDOW - 1 + Math.floorMod(nanos, NANOS_PER_SECOND) / 1e9;
    long sum = 0;
    for (int i = 0; i < SECONDS; i++) {
      if (at[i] > now - WINDOW && at[i] <= now) {
        sum += counts[i];
      }
    }
    return new Count(total, sum / elapsed);
  }
}
