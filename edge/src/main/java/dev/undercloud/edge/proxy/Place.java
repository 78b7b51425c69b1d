package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The place of one exchange at a replica, on whose count it is, and what is learned there of the
 * replica. Reused. Its loop's thread only.
 */
final class Place {
  private final Loop loop;
  private final Exchange exchange;
  private final Attempts attempts;

  /** Of the replica on whose count the exchange is; null where it is on none. */
  private @Nullable ReplicaPool pool;

  /** May last for ever, and so is in {@link Loop#lasting}. */
  private boolean lasting;

  Place(Loop loop, Exchange exchange, Attempts attempts) {
    this.loop = loop;
    this.exchange = exchange;
    this.attempts = attempts;
  }

  /** A replica was chosen, with the exchange on its count. */
  void take(ReplicaPool chosen) {
    pool = chosen;
  }

  /** Of the replica on whose count the exchange is; null where it is on none. */
  @Nullable ReplicaPool pool() {
    return pool;
  }

  /** Whether its replica has left the table. */
  boolean isOnRetired() {
    return pool != null && pool.isRetired();
  }

  /**
   * What a response tells of its replica. A gateway's error is no sign of speed.
   *
   * @param timed whether the replica alone made it take as long as it did
   */
  void answered(int status, boolean timed) {
    ReplicaPool from = pool;
    if (from == null) {
      return;
    }
    boolean badly = status >= 502 && status <= 504;
    from.answered(badly);
    from.replica().succeeded();
    attempts.answered(exchange.app());
    if (badly) {
      from.replica().erred(loop.nanos());
    } else if (timed) {
      long now = exchange.slot.at[Stage.FIRST_BYTE.ordinal()];
      from.replica().took(now - exchange.slot.at[Stage.CONNECT.ordinal()], now);
    }
  }

  /** What it answered makes no sense. */
  void answeredBadly() {
    if (pool != null) {
      pool.answered(true);
    }
  }

  /** It took too long. */
  void timedOut() {
    ReplicaPool slow = pool;
    if (slow != null && exchange.slot.status == 0) {
      long now = loop.nanos();
      slow.answered(true);
      slow.replica().took(exchange.app().responseNanos, now);
      attempts.gaveUp(exchange.app(), now);
    }
  }

  /** The response may last for ever: its place is for those who are answered soon. */
  void lasts() {
    lasting = true;
    loop.lasting.add(exchange);
    if (pool != null) {
      pool.replica().lasts(true);
      exchange.app().queue.freed();
    }
  }

  /** The exchange is on no replica's count any more; the one where it was, for {@link #freed}. */
  @Nullable ReplicaPool leave() {
    ReplicaPool where = pool;
    if (where != null) {
      pool = null;
      if (lasting) {
        where.replica().lasts(false);
      }
      where.replica().leave();
    }
    if (lasting) {
      lasting = false;
      loop.lasting.remove(exchange);
    }
    return where;
  }

  /** There is room for another one, once its connection was given back. */
  static void freed(@Nullable ReplicaPool where) {
    if (where != null && where.queue != null) {
      where.queue.freed();
    }
  }
}
