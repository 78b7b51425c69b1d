package dev.undercloud.core.zone;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded ring of questions from one event loop to one reader. The writer never waits and
 * allocates nothing: when the reader is behind, the question is counted as dropped.
 */
public final class DnsQueryRing {
  private static final VarHandle TAIL;
  private static final VarHandle HEAD;
  private static final VarHandle DROPPED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(DnsQueryRing.class, "tail", long.class);
      HEAD = lookup.findVarHandle(DnsQueryRing.class, "head", long.class);
      DROPPED = lookup.findVarHandle(DnsQueryRing.class, "dropped", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final DnsQuerySlot[] slots;
  private final int mask;

  @SuppressWarnings("unused") // through TAIL
  private long tail;

  @SuppressWarnings("unused") // through HEAD
  private long head;

  @SuppressWarnings("unused") // through DROPPED
  private long dropped;

  private long headSeen;

  /**
   * @param capacity a power of two; a slot takes about 400 bytes
   */
  public DnsQueryRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity must be a power of two: " + capacity);
    }
    slots = new DnsQuerySlot[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = new DnsQuerySlot();
    }
    mask = capacity - 1;
  }

  /**
   * The slot for the next question, to be filled whole and then {@link #publish}ed; null, and
   * counted as dropped, where the reader is behind. Only the owning event loop calls this.
   */
  public @Nullable DnsQuerySlot claim() {
    long at = tail;
    if (at - headSeen > mask) {
      headSeen = (long) HEAD.getAcquire(this);
      if (at - headSeen > mask) {
        DROPPED.setOpaque(this, dropped + 1);
        return null;
      }
    }
    return slots[(int) at & mask];
  }

  /** Gives the slot claimed last to the reader. */
  public void publish() {
    TAIL.setRelease(this, tail + 1);
  }

  /**
   * Hands each waiting question to {@code reader}, oldest first, and returns how many there were.
   * The slot is reused when {@code reader} returns. Only one thread drains.
   */
  public int drain(Consumer<DnsQuerySlot> reader) {
    long from = head;
    long to = (long) TAIL.getAcquire(this);
    for (long at = from; at < to; at++) {
      try {
        reader.accept(slots[(int) at & mask]);
      } finally {
        // Where the reader fails, one question costs itself, not those behind it.
        HEAD.setRelease(this, at + 1);
      }
    }
    return (int) (to - from);
  }

  /** Questions lost because the reader was behind. Any thread. */
  public long dropped() {
    return (long) DROPPED.getOpaque(this);
  }
}
