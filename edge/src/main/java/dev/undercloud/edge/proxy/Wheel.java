package dev.undercloud.edge.proxy;

import org.jspecify.annotations.Nullable;

/**
 * Coarse deadlines of one event loop without a scheduled task or an allocation per request. Setting
 * a later deadline writes one field: the wheel finds out when it passes by, at the latest one turn
 * later. Only an earlier one moves the node.
 */
final class Wheel {
  /** Fine enough for timeouts in seconds, coarse enough to cost nothing when idle. */
  static final long TICK_NANOS = 100_000_000;

  /**
   * A turn takes 6.4 s: most deadlines (10 s and more) are then reached by moving once or twice.
   */
  private static final int SLOTS = 64;

  private final @Nullable Timed[] slots = new @Nullable Timed[SLOTS];
  private final long origin;
  private long tick;

  Wheel(long now) {
    origin = now;
  }

  /** Sets the deadline of {@code node}, linking it where needed. */
  void set(Timed node, long deadline) {
    node.deadline = deadline;
    if (deadline < node.visit) {
      unlink(node);
      link(node);
    }
  }

  void remove(Timed node) {
    node.deadline = Timed.NEVER;
    unlink(node);
  }

  /** Lets everything expire whose deadline has passed; call about once a tick. */
  void advance(long now) {
    long to = (now - origin) / TICK_NANOS;
    // After a long stall one turn visits everything; the ticks before it need no replay.
    tick = Math.max(tick, to - SLOTS);
    while (tick < to) {
      tick++;
      int at = (int) (tick % SLOTS);
      for (Timed node = slots[at]; node != null; node = slots[at]) {
        unlink(node);
        if (node.deadline <= now) {
          node.expired(now);
        } else {
          link(node);
        }
      }
    }
  }

  private void link(Timed node) {
    if (node.deadline == Timed.NEVER) {
      return;
    }
    long due = (node.deadline - origin) / TICK_NANOS + 1;
    long at = Math.max(tick + 1, Math.min(due, tick + SLOTS - 1));
    node.visit = Math.min(node.deadline, origin + at * TICK_NANOS);
    node.slot = (int) (at % SLOTS);
    Timed head = slots[node.slot];
    node.next = head;
    if (head != null) {
      head.previous = node;
    }
    slots[node.slot] = node;
  }

  private void unlink(Timed node) {
    if (node.slot < 0) {
      return;
    }
    if (node.previous != null) {
      node.previous.next = node.next;
    } else {
      slots[node.slot] = node.next;
    }
    if (node.next != null) {
      node.next.previous = node.previous;
    }
    node.previous = node.next = null;
    node.slot = -1;
    node.visit = Timed.NEVER;
  }
}
