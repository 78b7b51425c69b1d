package dev.undercloud.core.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An {@link ExchangeSlot} as bytes in a row, but for its references: a typical record touches four
 * lines of the processor's cache where the object with its arrays would touch a dozen.
 */
final class PackedExchange {
  /** Everything but the texts, rounded up to a whole number of words. */
  private static final int FIXED = 8 * (13 + Stage.COUNT);

  /** The shortest record. */
  static final int LEAST_BYTES = FIXED;

  /** The longest record. */
  static final int MOST_BYTES =
      FIXED
          + ExchangeSlot.METHOD_BYTES
          + 2 * ExchangeSlot.TARGET_BYTES
          + 2 * ExchangeSlot.TEXT_BYTES
          + Long.BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int SAMPLED = 1;
  private static final int TARGET_CUT = 2;
  private static final int REUSED = 4;

  /** Among what rules and cache did. */
  private static final int STORED = 1;

  private static final int MIRRORED = 2;
  private static final int COPY = 4;

  /** Of {@link ExchangeSlot#sentBytes}; the rest of its word is a length. */
  private static final long SENT = (1L << 48) - 1;

  /** Where the cache's part begins among the flags. */
  private static final int CACHE_SHIFT = 3;

  private static final CacheUse[] CACHE_USES = CacheUse.values();

  private static final Outcome[] OUTCOMES = Outcome.values();

  private PackedExchange() {}

  /** The length of {@code slot}'s record, a multiple of 8. */
  static int length(ExchangeSlot slot) {
    int texts = slot.methodLength + slot.targetLength + slot.hostLength + slot.userAgentLength;
    return FIXED + (texts + slot.rewrittenLength + 7 & -Long.BYTES);
  }

  /** Writes the record at {@code at}, of that length. */
  static void write(ExchangeSlot slot, int length, byte[] out, int at) {
    int flags =
        (slot.sampled ? SAMPLED : 0)
            | (slot.targetCut ? TARGET_CUT : 0)
            | (slot.reused ? REUSED : 0)
            | slot.cache.ordinal() << CACHE_SHIFT;
    int o = at;
    o =
        put(
            out,
            o,
            length
                | (long) flags << 16
                | (long) slot.outcome.ordinal() << 24
                | (long) slot.status << 32
                | (long) slot.version << 48);
    o =
        put(
            out,
            o,
            slot.methodLength
                | (long) slot.targetLength << 16
                | (long) slot.hostLength << 32
                | (long) slot.userAgentLength << 48);
    o = put(out, o, slot.attempts & 0xffff_ffffL | (long) slot.inFlightBefore << 32);
    o = put(out, o, slot.id);
    o = put(out, o, slot.traceHigh);
    o = put(out, o, slot.traceLow);
    o = put(out, o, slot.parentSpan);
    o = put(out, o, slot.epochMicros);
    o = put(out, o, slot.requestBytes);
    o = put(out, o, slot.responseBytes);
    o = put(out, o, slot.cacheAge);
    o = put(out, o, edge(slot));
    o = put(out, o, slot.sentBytes & SENT | (long) slot.rewrittenLength << 48);
    for (long moment : slot.at) {
      o = put(out, o, moment);
    }
    o = text(slot.method, slot.methodLength, out, o);
    o = text(slot.target, slot.targetLength, out, o);
    o = text(slot.host, slot.hostLength, out, o);
    o = text(slot.userAgent, slot.userAgentLength, out, o);
    byte[] rewritten = slot.rewritten;
    if (rewritten != null) {
      text(rewritten, slot.rewrittenLength, out, o);
    }
  }

  /** What rules and cache did. */
  private static long edge(ExchangeSlot slot) {
    int bits = (slot.stored ? STORED : 0) | (slot.mirrored ? MIRRORED : 0) | (slot.copy ? COPY : 0);
    return slot.by.ordinal()
        | slot.cacheReason.ordinal() << 8
        | slot.coding.ordinal() << 16
        | slot.tls << 20
        | bits << 25
        | (long) slot.limitLeft << 32;
  }

  private static void edge(long word, ExchangeSlot slot) {
    int low = (int) word;
    slot.by = AnsweredBy.at(low & 0xff);
    slot.cacheReason = CacheReason.at(low >>> 8 & 0xff);
    slot.coding = BodyCoding.at(low >>> 16 & 0xf);
    slot.tls = low >>> 20 & 0x1f;
    int bits = low >>> 25;
    slot.stored = (bits & STORED) != 0;
    slot.mirrored = (bits & MIRRORED) != 0;
    slot.copy = (bits & COPY) != 0;
    slot.limitLeft = (int) (word >>> 32);
  }

  /** Says that the next record lies at the start of the array. */
  static void wrap(byte[] out, int at) {
    LONG.set(out, at, 0L);
  }

  /** The length of the record at {@code at}; 0 where there is none but {@link #wrap}. */
  static int lengthAt(byte[] in, int at) {
    return (int) get(in, at) & 0xffff;
  }

  /** Reads the record at {@code at} into {@code slot}, but for its references. */
  static void read(byte[] in, int at, ExchangeSlot slot) {
    long word = get(in, at);
    int flags = (int) (word >>> 16) & 0xff;
    slot.sampled = (flags & SAMPLED) != 0;
    slot.targetCut = (flags & TARGET_CUT) != 0;
    slot.reused = (flags & REUSED) != 0;
    slot.cache = CACHE_USES[flags >>> CACHE_SHIFT];
    slot.outcome = OUTCOMES[(int) (word >>> 24) & 0xff];
    slot.status = (int) (word >>> 32) & 0xffff;
    slot.version = (int) (word >>> 48);
    word = get(in, at + 8);
    slot.methodLength = (int) word & 0xffff;
    slot.targetLength = (int) (word >>> 16) & 0xffff;
    slot.hostLength = (int) (word >>> 32) & 0xffff;
    slot.userAgentLength = (int) (word >>> 48);
    word = get(in, at + 16);
    slot.attempts = (int) word;
    slot.inFlightBefore = (int) (word >>> 32);
    slot.id = get(in, at + 24);
    slot.traceHigh = get(in, at + 32);
    slot.traceLow = get(in, at + 40);
    slot.parentSpan = get(in, at + 48);
    slot.epochMicros = get(in, at + 56);
    slot.requestBytes = get(in, at + 64);
    slot.responseBytes = get(in, at + 72);
    slot.cacheAge = get(in, at + 80);
    edge(get(in, at + 88), slot);
    word = get(in, at + 96);
    slot.sentBytes = word & SENT;
    slot.rewrittenLength = (int) (word >>> 48);
    int i = at + 104;
    for (int s = 0; s < Stage.COUNT; s++, i += Long.BYTES) {
      slot.at[s] = get(in, i);
    }
    i = take(in, i, slot.method, slot.methodLength);
    i = take(in, i, slot.target, slot.targetLength);
    i = take(in, i, slot.host, slot.hostLength);
    i = take(in, i, slot.userAgent, slot.userAgentLength);
    if (slot.rewrittenLength > 0) {
      take(in, i, slot.rewritten(), slot.rewrittenLength);
    }
  }

  private static int put(byte[] out, int at, long word) {
    LONG.set(out, at, word);
    return at + Long.BYTES;
  }

  private static long get(byte[] in, int at) {
    return (long) LONG.get(in, at);
  }

  private static int text(byte[] from, int length, byte[] out, int at) {
    System.arraycopy(from, 0, out, at, length);
    return at + length;
  }

  private static int take(byte[] in, int at, byte[] to, int length) {
    System.arraycopy(in, at, to, 0, length);
    return at + length;
  }
}
