package dev.undercloud.edge.cache;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which keys were removed lately, so that a response that was asked for before is not stored after.
 * Takes no lock; any thread. What it cannot say for certain it takes for removed.
 */
final class Removals {
  /** Remembered at once: more while one response is on its way, and that one is not stored. */
  static final int MOST = 1 << 15;

  /** In place of a hash: everything. */
  private static final long ALL = 0;

  private final AtomicLong next = new AtomicLong();
  private final AtomicLongArray hashes = new AtomicLongArray(MOST);

  /** Of each place the number of the removal in it, plus one; 0 while it is written. */
  private final AtomicLongArray numbers = new AtomicLongArray(MOST);

  /** A moment, to be asked about later. */
  long now() {
    return next.get();
  }

  void add(Key key) {
    add(key.hash());
  }

  void addAll() {
    add(ALL);
  }

  private void add(long hash) {
    long number = next.getAndIncrement();
    int at = (int) (number & MOST - 1);
    numbers.set(at, 0);
    hashes.set(at, hash);
    numbers.set(at, number + 1);
  }

  /** Whether the key may have been removed after that moment. */
  boolean has(Key key, long since) {
    long until = next.get();
    if (until - since > MOST) {
      return true;
    }
    for (long number = since; number < until; number++) {
      int at = (int) (number & MOST - 1);
      boolean known = numbers.get(at) == number + 1;
      long hash = hashes.get(at);
      // Read between two looks at its number, it is that one's.
      if (!known || numbers.get(at) != number + 1 || hash == key.hash() || hash == ALL) {
        return true;
      }
    }
    return false;
  }
}
