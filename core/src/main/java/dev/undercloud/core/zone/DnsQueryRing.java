package dev.undercloud.core.zone;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;

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

  private final Slot[] slots;
  private final int mask;

  @SuppressWarnings("unused") // through TAIL
  private long tail;

  @SuppressWarnings("unused") // through HEAD
  private long head;

  @SuppressWarnings("unused") // through DROPPED
  private long dropped;

  private long headSeen;

  /**
   * @param capacity a power of two; a slot takes about 350 bytes
   */
  public DnsQueryRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity must be a power of two: " + capacity);
    }
    slots = new Slot[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = new Slot();
    }
    mask = capacity - 1;
  }

  /**
   * Copies a question in, or counts it as dropped. Only the owning event loop calls this.
   *
   * @param name holds the name as it travels, from its first octet on
   * @param nameLength 0 where it could not be read
   */
  public void offer(
      long epochMicros,
      InetAddress client,
      byte[] name,
      int nameLength,
      int type,
      int rcode,
      long nanos,
      boolean tcp) {
    long at = tail;
    if (at - headSeen > mask) {
      headSeen = (long) HEAD.getAcquire(this);
      if (at - headSeen > mask) {
        DROPPED.setOpaque(this, dropped + 1);
        return;
      }
    }
    Slot slot = slots[(int) at & mask];
    slot.epochMicros = epochMicros;
    slot.client = client;
    System.arraycopy(name, 0, slot.name, 0, nameLength);
    slot.nameLength = nameLength;
    slot.type = type;
    slot.rcode = rcode;
    slot.nanos = nanos;
    slot.tcp = tcp;
    TAIL.setRelease(this, at + 1);
  }

  /** Hands each waiting question to {@code reader}, oldest first. Only one thread drains. */
  public int drain(Consumer<DnsQuery> reader) {
    long from = head;
    long to = (long) TAIL.getAcquire(this);
    for (long at = from; at < to; at++) {
      DnsQuery query = slots[(int) at & mask].query();
      HEAD.setRelease(this, at + 1);
      reader.accept(query);
    }
    return (int) (to - from);
  }

  /** Questions lost because the reader was behind. Any thread. */
  public long dropped() {
    return (long) DROPPED.getOpaque(this);
  }

  private static final class Slot {
    private static final InetAddress NOBODY = nobody();
    private long epochMicros;
    private InetAddress client = NOBODY;
    private final byte[] name = new byte[DnsName.LONGEST];
    private int nameLength;
    private int type;
    private int rcode;
    private long nanos;
    private boolean tcp;

    private DnsQuery query() {
      for (int i = 0; i < nameLength; i++) {
        name[i] = DnsName.lower(name[i]);
      }
      return new DnsQuery(
          epochMicros,
          client.getHostAddress(),
          nameLength == 0 ? "" : DnsName.text(name, 0),
          type,
          rcode,
          (int) Math.min(Integer.MAX_VALUE, nanos / 1_000),
          tcp);
    }

    private static InetAddress nobody() {
      try {
        return InetAddress.getByAddress(new byte[4]);
      } catch (UnknownHostException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
