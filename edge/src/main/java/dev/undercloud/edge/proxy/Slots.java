package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.RequestHead;

/** Fills the records of exchanges. */
final class Slots {
  private Slots() {}

  /** Makes it the record of a new exchange. */
  static void begin(ExchangeSlot slot, Loop loop, long now) {
    slot.clear();
    slot.at[Stage.BEGIN.ordinal()] = now;
    slot.epochMicros = loop.epochMicros(now);
    long id = loop.entropy.nextLong();
    slot.id = id == 0 ? 1 : id;
  }

  static void fill(ExchangeSlot slot, RequestHead head, byte[] in, Entropy entropy) {
    slot.version = 10 + head.minor;
    slot.methodLength =
        copy(in, head.methodAt, head.methodLength, slot.method, ExchangeSlot.METHOD_BYTES);
    slot.targetLength =
        copy(in, head.targetAt, head.targetLength, slot.target, ExchangeSlot.TARGET_BYTES);
    slot.targetCut = head.targetLength > ExchangeSlot.TARGET_BYTES;
    slot.hostLength = copy(in, head.hostAt, head.hostLength, slot.host, ExchangeSlot.TEXT_BYTES);
    slot.userAgentLength =
        copy(in, head.userAgentAt, head.userAgentLength, slot.userAgent, ExchangeSlot.TEXT_BYTES);
    if (head.traced) {
      slot.traceHigh = head.traceHigh;
      slot.traceLow = head.traceLow;
      slot.parentSpan = head.parentSpan;
      slot.sampled = head.sampled;
    } else {
      slot.traceHigh = entropy.nextLong();
      // An id of zeros is invalid (W3C Trace Context); one bit rules it out.
      slot.traceLow = entropy.nextLong() | 1;
    }
  }

  /** The request of one record as that of another one, which is a part of the same trace. */
  static void again(ExchangeSlot from, ExchangeSlot to) {
    to.client = from.client;
    to.version = from.version;
    to.methodLength = copy(from.method, 0, from.methodLength, to.method, ExchangeSlot.METHOD_BYTES);
    to.targetLength = copy(from.target, 0, from.targetLength, to.target, ExchangeSlot.TARGET_BYTES);
    to.targetCut = from.targetCut;
    to.hostLength = copy(from.host, 0, from.hostLength, to.host, ExchangeSlot.TEXT_BYTES);
    to.userAgentLength =
        copy(from.userAgent, 0, from.userAgentLength, to.userAgent, ExchangeSlot.TEXT_BYTES);
    to.traceHigh = from.traceHigh;
    to.traceLow = from.traceLow;
    to.parentSpan = from.id;
    to.sampled = from.sampled;
  }

  private static int copy(byte[] in, int at, int length, byte[] out, int most) {
    int kept = Math.min(length, most);
    System.arraycopy(in, at, out, 0, kept);
    return kept;
  }
}
