package dev.undercloud.core.telemetry;

import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.route.Upstream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded ring from one event loop to one reader. The writer never waits: when the reader is
 * behind, the exchange is counted as dropped. Records lie packed one behind the other; what they
 * refer to lies beside them.
 */
public final class ExchangeRing {
  /** What a record takes on average, texts of usual length included. */
  private static final int USUAL_BYTES = 256;

  /** So that the longest record fits several times. */
  private static final int FEWEST = 32;

  private static final int REFERENCES = 6;

  /** Instead of a record's length: the next one begins at the start again. */
  private static final int WRAP = 0;

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

  private final byte[] bytes;
  private final @Nullable Object[] references;
  private final int mask;
  private final int recordMask;
  private final ExchangeSlot read = new ExchangeSlot();

  /** Bytes written since the beginning, those left out at the end of the array included. */
  @SuppressWarnings("unused") // through TAIL
  private long tail;

  /** Bytes read since the beginning. */
  @SuppressWarnings("unused") // through HEAD
  private long head;

  @SuppressWarnings("unused") // through DROPPED
  private long dropped;

  /** The reader's position as the writer last saw it: saves reading the reader's cache line. */
  private long headSeen;

  /** Records written since the beginning; the writer's. */
  private long written;

  /** Records read since the beginning; the reader's. */
  private long taken;

  /**
   * @param capacity exchanges of usual size that fit; a power of two
   */
  public ExchangeRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity must be a power of two: " + capacity);
    }
    bytes = new byte[Math.max(capacity, FEWEST) * USUAL_BYTES];
    mask = bytes.length - 1;
    // More than could ever fit: so the bytes alone tell whether there is room.
    int records = 2 * Integer.highestOneBit(bytes.length / PackedExchange.LEAST_BYTES);
    recordMask = records - 1;
    references = new @Nullable Object[records * REFERENCES];
  }

  /** Copies {@code exchange} in, or counts it as dropped. Only the owning event loop calls this. */
  public void offer(ExchangeSlot exchange) {
    int length = PackedExchange.length(exchange);
    long from = tail;
    int at = (int) from & mask;
    int left = bytes.length - at;
    long to = from + length + (length > left ? left : 0);
    if (to - headSeen > bytes.length) {
      headSeen = (long) HEAD.getAcquire(this);
      if (to - headSeen > bytes.length) {
        DROPPED.setOpaque(this, dropped + 1);
        return;
      }
    }
    if (length > left) {
      PackedExchange.wrap(bytes, at);
      at = 0;
    }
    PackedExchange.write(exchange, length, bytes, at);
    int r = ((int) written++ & recordMask) * REFERENCES;
    references[r] = exchange.client;
    references[r + 1] = exchange.app;
    references[r + 2] = exchange.upstream;
    references[r + 3] = exchange.error;
    references[r + 4] = exchange.route;
    references[r + 5] = exchange.failed;
    TAIL.setRelease(this, to);
  }

  /**
   * Hands each waiting exchange to {@code reader}, oldest first, and returns how many there were.
   * The slot is reused when {@code reader} returns. Only one thread drains.
   */
  public int drain(Consumer<ExchangeSlot> reader) {
    long to = (long) TAIL.getAcquire(this);
    int count = 0;
    for (long from = head; from < to; count++) {
      int at = (int) from & mask;
      int length = PackedExchange.lengthAt(bytes, at);
      if (length == WRAP) {
        from += bytes.length - at;
        at = 0;
        length = PackedExchange.lengthAt(bytes, at);
      }
      PackedExchange.read(bytes, at, read);
      int r = ((int) taken++ & recordMask) * REFERENCES;
      String client = (String) references[r];
      read.client = client == null ? "" : client;
      read.app = (String) references[r + 1];
      read.upstream = (Upstream) references[r + 2];
      read.error = (String) references[r + 3];
      read.route = (RouteRule) references[r + 4];
      read.failed = (FailedAttempt) references[r + 5];
      from += length;
      try {
        reader.accept(read);
      } finally {
        // Where the reader fails, one record costs itself, not those behind it.
        HEAD.setRelease(this, from);
      }
    }
    return count;
  }

  /** Exchanges lost because the reader was behind. Any thread. */
  public long dropped() {
    return (long) DROPPED.getOpaque(this);
  }
}
