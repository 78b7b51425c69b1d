package dev.undercloud.observe.live;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts and durations of the last minute, a bucket a second. Not safe across threads: whoever owns
 * it locks. Takes about 110 KB once it has seen a minute of traffic.
 */
final class Series {
  /** Seconds kept: the longest window and room for the one that has begun. */
  private static final int SECONDS = 64;

  private static final class Second {
    long at = Long.MIN_VALUE;
    int count;
    int failed;
    int @Nullable [] durations;
  }

  private final Second[] seconds = new Second[SECONDS];
  private long count;
  private long lastSecond = Long.MIN_VALUE;

  void record(long second, long micros, boolean failed) {
    int index = (int) Math.floorMod(second, (long) SECONDS);
    Second bucket = seconds[index];
    if (bucket == null) {
      bucket = new Second();
      seconds[index] = bucket;
    }
    int[] durations = bucket.durations;
    if (durations == null) {
      durations = new int[Histogram.SIZE];
      bucket.durations = durations;
    }
    if (bucket.at != second) {
      bucket.at = second;
      bucket.count = 0;
      bucket.failed = 0;
      Arrays.fill(durations, 0);
    }
    bucket.count++;
    durations[Histogram.index(micros)]++;
    if (failed) {
      bucket.failed++;
    }
    count++;
    lastSecond = second;
  }

  /** Of the {@code window} seconds that end at {@code nanos}, the one that has begun included. */
  Rates over(int window, long nanos) {
    long now = Math.floorDiv(nanos, 1_000_000_000L);
    double elapsed = window - 1 + Math.floorMod(nanos, 1_000_000_000L) / 1e9;
    int[] merged = new int[Histogram.SIZE];
    long total = 0;
    long failures = 0;
    for (Second bucket : seconds) {
      if (bucket == null || bucket.at <= now - window || bucket.at > now) {
        continue;
      }
      total += bucket.count;
      failures += bucket.failed;
      int[] durations = bucket.durations;
      for (int i = 0; durations != null && i < merged.length; i++) {
        merged[i] += durations[i];
      }
    }
    if (total == 0) {
      return Rates.NONE;
    }
    return new Rates(
        total,
        total / Math.max(0.001, elapsed),
        (double) failures / total,
        Histogram.quantile(merged, total, 0.50) / 1000,
        Histogram.quantile(merged, total, 0.99) / 1000);
  }

  /** Since the start. */
  long count() {
    return count;
  }

  long lastSecond() {
    return lastSecond;
  }
}
