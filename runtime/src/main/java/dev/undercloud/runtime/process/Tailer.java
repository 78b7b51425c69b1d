package dev.undercloud.runtime.process;

import dev.undercloud.core.time.Clock;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * The one virtual thread that reads the output of all replicas of a driver. It looks rather than
 * being told: a look costs a microsecond a replica, and no limit of inotify is in the way.
 */
final class Tailer implements AutoCloseable {
  /** Between two looks while there is output: a line is seen before a person could notice. */
  private static final Duration BUSY = Duration.ofMillis(20);

  /** Between two looks when nobody has written for {@link #QUIET_LOOKS}: costs next to nothing. */
  private static final Duration QUIET = Duration.ofMillis(100);

  private static final int QUIET_LOOKS = 100;

  private final Clock clock;
  private final CopyOnWriteArrayList<Tail> tails = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private final byte[] buffer = new byte[Tail.READ_AT_ONCE];
  private volatile boolean closed;

  Tailer(Clock clock) {
    this.clock = clock;
    thread = Thread.ofVirtual().name("output-tailer").start(this::run);
  }

  void add(Tail tail) {
    tails.add(tail);
    LockSupport.unpark(thread);
  }

  private void run() {
    int quiet = 0;
    while (!closed) {
      boolean any = false;
      for (Tail tail : tails) {
        any |= pump(tail);
      }
      quiet = any ? 0 : quiet + 1;
      if (tails.isEmpty() && !closed) {
        LockSupport.park();
        continue;
      }
      // Woken by unpark, never by an interrupt: that would close the files being read.
      LockSupport.parkNanos((quiet > QUIET_LOOKS ? QUIET : BUSY).toNanos());
    }
    for (Tail tail : tails) {
      pump(tail);
      tail.leave();
    }
  }

  /** Reads all that is there, as far as the rates allow; a failing taker costs its own lines. */
  private boolean pump(Tail tail) {
    boolean any = false;
    try {
      while (tail.pump(buffer) && !closed) {
        any = true;
      }
    } catch (RuntimeException failingTaker) {
      any = true;
    }
    if (tail.drained.isDone()) {
      tails.remove(tail);
    }
    return any;
  }

  /** Ends a replica's output and waits until all of it was given out. */
  void drain(Tail tail) throws InterruptedException {
    tail.end();
    LockSupport.unpark(thread);
    while (!tail.drained.isDone() && thread.isAlive()) {
      clock.sleep(Duration.ofMillis(2));
    }
  }

  /** Reads what is there for the last time and stops; files and offsets stay. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
