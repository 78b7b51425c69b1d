package dev.undercloud.edge.cache;

import java.util.concurrent.ConcurrentLinkedQueue;

/** A response that one exchange fetches and others wait for. Any thread. */
public final class Flight {
  /** More go on their own: whoever waits takes memory. */
  private static final int MOST_WAITING = 10_000;

  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final java.util.concurrent.atomic.AtomicInteger count =
      new java.util.concurrent.atomic.AtomicInteger();
  private volatile boolean landed;

  /** Whether {@code wake} will run once the flight has landed; it has landed otherwise. */
  boolean await(Runnable wake) {
    if (landed || count.incrementAndGet() > MOST_WAITING) {
      return false;
    }
    waiting.add(wake);
    if (landed) {
      // It may have landed before it saw us: whoever takes us out runs us.
      return !waiting.remove(wake);
    }
    return true;
  }

  void land() {
    landed = true;
    for (Runnable wake; (wake = waiting.poll()) != null; ) {
      wake.run();
    }
  }
}
