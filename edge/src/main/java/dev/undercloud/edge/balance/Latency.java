package dev.undercloud.edge.balance;

/**
 * A moving average of latencies that believes a rise at once and a fall only with time: what
 * Finagle calls peak EWMA. All times are monotonic nanoseconds.
 */
final class Latency {
  /** An age is cut in its number of half-lives and the rest by a shift: 2^32 ns are 4.3 s. */
  private static final int HALF_LIFE_BITS = 32;

  private static final int FRACTION_BITS = 16;
  private static final long FRACTION = (1L << HALF_LIFE_BITS) - 1;

  /** Longer than any timeout; keeps the arithmetic below 63 bits. */
  private static final long MOST = 1L << 44;

  private Latency() {}

  /** What is left of {@code value} after {@code age}: half of it every 4.3 s, linear between. */
  static long decayed(long value, long age) {
    if (age <= 0) {
      return value;
    }
    long halves = age >>> HALF_LIFE_BITS;
    if (halves >= Long.SIZE) {
      return 0;
    }
    long left = value >>> halves;
    long fraction = (age & FRACTION) >>> FRACTION_BITS;
    return left - ((left >>> 1) * fraction >>> FRACTION_BITS);
  }

  /** The average after one more sample. */
  static long after(long average, long age, long sample) {
    long now = decayed(average, age);
    long seen = Math.min(sample, MOST);
    return seen >= now ? seen : seen + decayed(Math.max(0, average - seen), age);
  }
}
