package dev.undercloud.observe.live;

import dev.undercloud.core.watch.Watch;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One follower: a bounded queue and a virtual thread that empties it into a consumer, which may
 * block. What does not fit is dropped and counted.
 */
public final class Feed<T> implements Watch.Subscription {
  /** Enough for a burst of a second; a follower that is further behind has lost the thread. */
  public static final int WAITING = 2_048;

  private final BlockingQueue<T> queue = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final Consumer<? super Feed<T>> onClose;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param consumer called in order on one virtual thread
   * @param first what that thread does before it
   * @param onClose called once, when it ends for whatever reason
   */
  public Feed(
      String name,
      Runnable first,
      Consumer<? super T> consumer,
      Consumer<? super Feed<T>> onClose) {
    this.onClose = onClose;
    this.thread = Thread.ofVirtual().name(name).unstarted(() -> run(first, consumer));
  }

  public Feed<T> start() {
    thread.start();
    return this;
  }

  /** Never waits. */
  public void offer(T value) {
    if (!closed && !queue.offer(value)) {
      dropped.incrementAndGet();
    }
  }

  /** What this follower missed. */
  public long dropped() {
    return dropped.get();
  }

  private void run(Runnable first, Consumer<? super T> consumer) {
    try {
      first.run();
      while (!closed) {
        consumer.accept(queue.take());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException gone) {
      // Whoever read this is gone, a closed connection for one: so is the feed.
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onClose.accept(this);
      thread.interrupt();
    }
  }
}
