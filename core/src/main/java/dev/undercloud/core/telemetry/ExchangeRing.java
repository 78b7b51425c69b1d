package dev.undercloud.core.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * A bounded ring from one event loop to one reader. The writer never waits: when the reader is
 * behind, the exchange is counted as dropped.
 */
public final class ExchangeRing {
  private static final VarHandle TAIL;
  private static final VarHandle HEAD;
  private static final VarHandle DROPPED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(ExchangeRing.class, "tail", long.class);
      HEAD = lookup.findVarHandle(ExchangeRing.class, "head", long.class);
      DROPPED = lookup.findVarHandle(ExchangeRing.class, "dropped", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final ExchangeSlot[] slots;
  private final int mask;

  @SuppressWarnings("unused") // through TAIL
  private long tail;

  @SuppressWarnings("unused") // through HEAD
  private long head;

  @SuppressWarnings("unused") // through DROPPED
  private long dropped;

  /** The reader's position as the writer last saw it: saves reading the reader's cache line. */
  private long headSeen;

  /**
   * @param capacity a power of two; a slot takes about 1 KiB
   */
  public ExchangeRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity must be a power of two: " + capacity);
    }
    slots = new ExchangeSlot[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = new ExchangeSlot();
    }
    mask = capacity - 1;
  }

  /** Copies {@code exchange} in, or counts it as dropped. Only the owning event loop calls this. */
  public void offer(ExchangeSlot exchange) {
    long at = tail;
    if (at - headSeen > mask) {
      headSeen = (long) HEAD.getAcquire(this);
      if (at - headSeen > mask) {
        DROPPED.setOpaque(this, dropped + 1);
        return;
      }
    }
    slots[(int) at & mask].copy(exchange);
    TAIL.setRelease(this, at + 1);
  }

  /**
   * Hands each waiting exchange to {@code reader}, oldest first, and returns how many there were.
   * The slot is reused when {@code reader} returns. Only one thread drains.
   */
  public int drain(Consumer<ExchangeSlot> reader) {
    long from = head;
    long to = (long) TAIL.getAcquire(this);
    for (long at = from; at < to; at++) {
      reader.accept(slots[(int) at & mask]);
      HEAD.setRelease(this, at + 1);
    }
    return (int) (to - from);
  }

  /** Exchanges lost because the reader was behind. Any thread. */
  public long dropped() {
    return (long) DROPPED.getOpaque(this);
  }
}
