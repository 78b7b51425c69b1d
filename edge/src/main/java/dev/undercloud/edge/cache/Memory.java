package dev.undercloud.edge.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The memory tier: stored responses within a budget of bytes. Readers take no lock. What is new
 * waits in a small window; what leaves that gets a place among the others only if it was asked for
 * more often than what it would push out (TinyLFU), and what is used stays (CLOCK). Any thread.
 */
final class Memory {
  /** Variants of one key; the oldest goes. */
  static final int MOST_VARIANTS = 32;

  /** The window's part of the budget. */
  private static final int WINDOW_PART = 10;

  /** Entries that one insertion may look at before it gives up: bounds its time. */
  private static final int MOST_LOOKS = 64;

  /** Removed entries that may wait in the queues before they are swept out. */
  private static final int MOST_DEAD = 1_024;

  private final ConcurrentHashMap<Key, Entry[]> index = new ConcurrentHashMap<>();
  private final ConcurrentLinkedDeque<Entry> window = new ConcurrentLinkedDeque<>();
  private final ConcurrentLinkedDeque<Entry> main = new ConcurrentLinkedDeque<>();
  private final AtomicLong windowBytes = new AtomicLong();
  private final AtomicLong mainBytes = new AtomicLong();
  private final AtomicLong dead = new AtomicLong();
  private final AtomicLong evicted = new AtomicLong();
  private final AtomicBoolean evicting = new AtomicBoolean();
  private final Sketch sketch;
  private final long budget;
  private final Consumer<Entry> whenEvicted;

  /**
   * @param budget bytes
   * @param whenEvicted hears of what leaves for want of room
   */
  Memory(long budget, Consumer<Entry> whenEvicted) {
    this.budget = budget;
    this.whenEvicted = whenEvicted;
    // An entry takes 2 KiB at least, about; half a byte for each.
    sketch = new Sketch((int) Math.clamp(budget / 2_048, 1_024, 1 << 20));
  }

  /** Somebody asks for it. */
  void asked(Key key) {
    sketch.add(key.hash());
  }

  /** What is stored under the key, newest first; null where nothing is. */
  Entry @Nullable [] get(Key key) {
    return index.get(key);
  }

  /** Stores it instead of what has the same variation. */
  void put(Entry entry) {
    entry.inWindow = true;
    windowBytes.addAndGet(entry.weight());
    index.compute(entry.key, (key, before) -> with(before, entry));
    window.add(entry);
    evict();
  }

  private Entry[] with(Entry @Nullable [] before, Entry entry) {
    List<Entry> all = new ArrayList<>();
    all.add(entry);
    if (before != null) {
      for (Entry each : before) {
        if (each.variation.isSame(entry.variation) || all.size() == MOST_VARIANTS) {
          bury(each);
        } else {
          all.add(each);
        }
      }
    }
    return all.toArray(Entry[]::new);
  }

  /** Removes one; whether it was there. */
  boolean remove(Entry entry) {
    boolean[] was = new boolean[1];
    index.computeIfPresent(
        entry.key,
        (key, all) -> {
          List<Entry> rest = new ArrayList<>();
          for (Entry each : all) {
            if (each == entry) {
              was[0] = true;
              bury(each);
            } else {
              rest.add(each);
            }
          }
          return rest.isEmpty() ? null : rest.toArray(Entry[]::new);
        });
    sweep();
    return was[0];
  }

  /** Removes all variants; how many there were. */
  int remove(Key key) {
    Entry[] all = index.remove(key);
    if (all == null) {
      return 0;
    }
    for (Entry each : all) {
      bury(each);
    }
    sweep();
    return all.length;
  }

  Iterable<Entry[]> all() {
    return index.values();
  }

  int entries() {
    return index.values().stream().mapToInt(all -> all.length).sum();
  }

  long bytes() {
    return windowBytes.get() + mainBytes.get();
  }

  long evictions() {
    return evicted.get();
  }

  private void bury(Entry entry) {
    if (!entry.dead) {
      entry.dead = true;
      (entry.inWindow ? windowBytes : mainBytes).addAndGet(-entry.weight());
      dead.incrementAndGet();
    }
  }

  private void sweep() {
    if (dead.get() > MOST_DEAD && evicting.compareAndSet(false, true)) {
      try {
        dead.set(0);
        window.removeIf(entry -> entry.dead);
        main.removeIf(entry -> entry.dead);
      } finally {
        evicting.set(false);
      }
    }
  }

  /** One thread at a time; another that finds it at work leaves its own excess to it. */
  private void evict() {
    long windowBudget = budget / WINDOW_PART;
    if (windowBytes.get() <= windowBudget || !evicting.compareAndSet(false, true)) {
      return;
    }
    try {
      int looks = MOST_LOOKS;
      while (windowBytes.get() > windowBudget && looks-- > 0) {
        Entry candidate = next(window);
        if (candidate == null) {
          break;
        }
        admit(candidate, budget - windowBudget);
      }
    } finally {
      evicting.set(false);
    }
  }

  private void admit(Entry candidate, long room) {
    long weight = candidate.weight();
    int looks = MOST_LOOKS;
    while (mainBytes.get() + weight > room) {
      Entry victim = weight <= room && looks-- > 0 ? next(main) : null;
      if (victim == null) {
        drop(candidate);
        return;
      }
      if (victim.touched && looks > 0) {
        victim.touched = false;
        main.add(victim);
      } else if (sketch.count(candidate.key.hash()) > sketch.count(victim.key.hash())) {
        drop(victim);
      } else {
        main.addFirst(victim);
        drop(candidate);
        return;
      }
    }
    windowBytes.addAndGet(-weight);
    mainBytes.addAndGet(weight);
    candidate.inWindow = false;
    main.add(candidate);
    if (candidate.dead) {
      // Removed while it moved: it was taken off one count and stands on the other.
      mainBytes.addAndGet(-weight);
      windowBytes.addAndGet(weight);
    }
  }

  /**
   * Keeps another form of something stored. Not where the eviction is at work or there is no room
   * that others would have to give up: the next who asks for it makes it again.
   */
  void add(Entry entry, Coded form) {
    if (!evicting.compareAndSet(false, true)) {
      return;
    }
    try {
      boolean room = entry.inWindow || makesRoom(entry, form.weight());
      if (room) {
        index.computeIfPresent(
            entry.key,
            (key, all) -> {
              boolean wanted = entry.coded(form.coding()) == null;
              if (wanted && Arrays.asList(all).contains(entry)) {
                entry.add(form);
                (entry.inWindow ? windowBytes : mainBytes).addAndGet(form.weight());
              }
              return all;
            });
      }
    } finally {
      evicting.set(false);
    }
    evict();
  }

  /** Whether {@code weight} more fit beside what is behind the window, after what went for it. */
  private boolean makesRoom(Entry entry, long weight) {
    long room = budget - budget / WINDOW_PART;
    int looks = MOST_LOOKS;
    while (mainBytes.get() + weight > room) {
      Entry victim = looks-- > 0 ? next(main) : null;
      if (victim == null) {
        return false;
      }
      if (victim == entry || victim.touched && looks > 0) {
        victim.touched = false;
        main.add(victim);
      } else if (sketch.count(entry.key.hash()) > sketch.count(victim.key.hash())) {
        drop(victim);
      } else {
        main.addFirst(victim);
        return false;
      }
    }
    return true;
  }

  private @Nullable Entry next(Queue<Entry> queue) {
    Entry entry;
    do {
      entry = queue.poll();
    } while (entry != null && entry.dead);
    return entry;
  }

  private void drop(Entry entry) {
    if (remove(entry)) {
      evicted.incrementAndGet();
      whenEvicted.accept(entry);
    }
  }
}
