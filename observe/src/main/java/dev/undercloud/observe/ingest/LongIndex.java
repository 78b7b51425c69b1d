package dev.undercloud.observe.ingest;

import java.util.Arrays;

/**
 * From a 64-bit id to an int, open addressing, no allocation after construction. One thread at a
 * time. The id 0 is never held.
 */
final class LongIndex {
  static final int NONE = -1;

  private final long[] keys;
  private final int[] values;
  private final int mask;

  /**
   * @param most ids held at the same time
   */
  LongIndex(int most) {
    int size = Integer.highestOneBit(Math.max(4, most)) * 4;
    keys = new long[size];
    values = new int[size];
    mask = size - 1;
  }

  int get(long key) {
    for (int at = home(key); keys[at] != 0; at = at + 1 & mask) {
      if (keys[at] == key) {
        return values[at];
      }
    }
    return NONE;
  }

  /** Sets or replaces. */
  void put(long key, int value) {
    if (key == 0) {
      return;
    }
    int at = home(key);
    while (keys[at] != 0 && keys[at] != key) {
      at = at + 1 & mask;
    }
    keys[at] = key;
    values[at] = value;
  }

  /** Removes {@code key} if it still leads to {@code value}. */
  void remove(long key, int value) {
    int at = home(key);
    while (keys[at] != key) {
      if (keys[at] == 0) {
        return;
      }
      at = at + 1 & mask;
    }
    if (key == 0 || values[at] != value) {
      return;
    }
    // Move later entries of the run back, so that no hole hides them.
    int hole = at;
    for (int next = hole + 1 & mask; keys[next] != 0; next = next + 1 & mask) {
      int home = home(keys[next]);
      boolean reachable = hole <= next ? hole < home && home <= next : hole < home || home <= next;
      if (!reachable) {
        keys[hole] = keys[next];
        values[hole] = values[next];
        hole = next;
      }
    }
    keys[hole] = 0;
  }

  void clear() {
    Arrays.fill(keys, 0);
  }

  private int home(long key) {
    return (int) (key * 0x9E3779B97F4A7C15L >>> 32) & mask;
  }
}
