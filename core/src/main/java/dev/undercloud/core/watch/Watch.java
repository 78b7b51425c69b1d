package dev.undercloud.core.watch;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The latest value of something, and whoever wants to hear of the next. One writer publishes, any
 * thread reads. A follower sees values in order and never an older one after a newer; it runs on
 * the publishing thread and must be quick.
 *
 * @param <T> an immutable type
 */
public final class Watch<T> {
  private volatile T value;
  private final CopyOnWriteArrayList<Consumer<? super T>> followers = new CopyOnWriteArrayList<>();

  public Watch(T initial) {
    value = initial;
  }

  /** The latest value. Wait-free. */
  public T get() {
    return value;
  }

  /** Publishes {@code next} and tells every follower before it returns. */
  public synchronized void publish(T next) {
    value = next;
    followers.forEach(follower -> follower.accept(next));
  }

  /** Publishes what {@code change} makes of the latest value; the value published. */
  public synchronized T update(UnaryOperator<T> change) {
    T next = change.apply(value);
    publish(next);
    return next;
  }

  /** Tells {@code follower} the latest value now and each later one; close to stop. */
  public synchronized Subscription follow(Consumer<? super T> follower) {
    followers.add(follower);
    follower.accept(value);
    return () -> followers.remove(follower);
  }

  /** Ends a {@link #follow}. */
  @FunctionalInterface
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
