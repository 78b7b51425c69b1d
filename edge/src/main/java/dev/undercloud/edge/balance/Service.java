package dev.undercloud.edge.balance;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.edge.balance.Replica.Ejection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops know of one app as a whole, across tables: how many wait, what may be sent
 * again, whether it is worth asking. Any thread.
 */
public final class Service {
  /** Over which the answers of replicas are compared: long enough for twenty of each. */
  private static final long JUDGED_NANOS = 5_000_000_000L;

  private final AtomicInteger waiting = new AtomicInteger();
  private final List<Part> parts = new CopyOnWriteArrayList<>();
  private final RetryBudget retries;
  private final Breaker breaker;
  private final AtomicLong judgeAt;

  /** One loop's part in it. */
  public interface Part {
    /** How many wait there. Any thread. */
    int waiting();
  }

  public Service(long now) {
    retries = new RetryBudget(now);
    breaker = new Breaker(now);
    judgeAt = new AtomicLong(now + JUDGED_NANOS);
  }

  public RetryBudget retries() {
    return retries;
  }

  public Breaker breaker() {
    return breaker;
  }

  public void join(Part part) {
    parts.add(part);
  }

  public void leave(Part part) {
    parts.remove(part);
  }

  /** So many requests came. */
  public void came(long count, long now) {
    retries.came(count, now);
    breaker.came(count, now);
  }

  /** How many wait in the lines of all loops. */
  public int waiting() {
    return waiting.getOpaque();
  }

  /** Counts those that begin to wait, or stop. */
  public void waits(int more) {
    waiting.getAndAdd(more);
  }

  /** The loop that a place which has come free goes to: in proportion to who waits there. */
  public @Nullable Part next(Entropy entropy) {
    int total = 0;
    for (Part part : parts) {
      total += part.waiting();
    }
    if (total <= 0) {
      return null;
    }
    int left = entropy.nextInt(total);
    for (Part part : parts) {
      left -= part.waiting();
      if (left < 0) {
        return part;
      }
    }
    return null;
  }

  /** Puts out the outliers of the window that has just ended; of none if it has not. */
  public List<Outliers.Ejected> judge(List<Replica> replicas, long now, Ejection rule) {
    long due = judgeAt.get();
    if (now - due < 0 || !judgeAt.compareAndSet(due, now + JUDGED_NANOS)) {
      return List.of();
    }
    return Outliers.judge(replicas, now, rule);
  }
}
