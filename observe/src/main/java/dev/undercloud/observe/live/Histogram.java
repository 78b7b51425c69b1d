package dev.undercloud.observe.live;

/**
 * Log-linear buckets of microseconds: exact below 16, then 16 buckets for each power of two, so
 * that a quantile is at most 3.2 % off. A value beyond the last counts as the last, some 18
 * minutes.
 */
final class Histogram {
  private static final int SUB_BITS = 4;
  private static final int SUB = 1 << SUB_BITS;
  private static final int LARGEST_BIT = 29;

  /** Buckets in all. */
  static final int SIZE = SUB + (LARGEST_BIT - SUB_BITS + 1) * SUB;

  private Histogram() {}

  /** The bucket of a value. */
  static int index(long micros) {
    if (micros < SUB) {
      return (int) Math.max(0, micros);
    }
    int bit = 63 - Long.numberOfLeadingZeros(micros);
    if (bit > LARGEST_BIT) {
      return SIZE - 1;
    }
    int sub = (int) (micros >>> (bit - SUB_BITS)) & (SUB - 1);
    return SUB + (bit - SUB_BITS) * SUB + sub;
  }

  /** The middle of a bucket, in microseconds. */
  static double value(int index) {
    if (index < SUB) {
      return index;
    }
    int bit = (index - SUB) / SUB + SUB_BITS;
    int sub = (index - SUB) % SUB;
    double width = 1L << (bit - SUB_BITS);
    return (SUB + sub) * width + (width - 1) / 2;
  }

  /** The value that the share {@code q} of all counted ones does not exceed; 0 where none is. */
  static double quantile(int[] counts, long total, double q) {
    long rank = Math.max(1, (long) Math.ceil(q * total));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return value(i);
      }
    }
    return 0;
  }
}
