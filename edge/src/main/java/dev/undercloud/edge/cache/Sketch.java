package dev.undercloud.edge.cache;

/**
 * How often a key was asked for lately, about: a count-min sketch of four-bit counters that are
 * halved now and then (TinyLFU). Any thread; updates that get lost in a race cost nothing but
 * precision.
 */
final class Sketch {
  private static final int ROWS = 4;
  private static final long HALVES = 0x7777777777777777L;
  private static final int MOST = 15;

  /** Counts of a period are so many times the counters: what is older weighs half. */
  private static final int PERIOD = 10;

  private final long[] table;
  private final int mask;
  private int additions;

  /**
   * @param entries that are told apart well
   */
  Sketch(int entries) {
    int size = Integer.highestOneBit(Math.max(64, entries)) * 2;
    table = new long[size / 4];
    mask = table.length - 1;
  }

  void add(long hash) {
    boolean added = false;
    for (int row = 0; row < ROWS; row++) {
      long spread = spread(hash, row);
      int at = (int) spread & mask;
      int shift = (int) (spread >>> 58) << 2 & 60;
      long word = table[at];
      if ((word >>> shift & MOST) < MOST) {
        table[at] = word + (1L << shift);
        added = true;
      }
    }
    if (added && ++additions >= table.length * PERIOD) {
      halve();
    }
  }

  int count(long hash) {
    int least = MOST;
    for (int row = 0; row < ROWS; row++) {
      long spread = spread(hash, row);
      int shift = (int) (spread >>> 58) << 2 & 60;
      least = Math.min(least, (int) (table[(int) spread & mask] >>> shift & MOST));
    }
    return least;
  }

  private void halve() {
    additions /= 2;
    for (int i = 0; i < table.length; i++) {
      table[i] = table[i] >>> 1 & HALVES;
    }
  }

  private static long spread(long hash, int row) {
    long h = (hash + row) * 0xC3A5C85C97CB3127L;
    return (h ^ h >>> 29) * 0x9AE16A3B2F90404FL;
  }
}
