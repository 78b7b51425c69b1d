package dev.undercloud.edge.http1;

import dev.undercloud.core.id.Hex;

/**
 * The client's traceparent (W3C Trace Context, version 00), or none where it is not exactly one.
 */
final class TraceParent {
  /** {@code 00-<32>-<16>-<2>}. */
  static final int LENGTH = 55;

  long traceHigh;
  long traceLow;
  long span;
  boolean sampled;
  private int fields;

  void clear() {
    fields = 0;
    traceHigh = traceLow = span = 0;
    sampled = false;
  }

  boolean isValid() {
    return fields == 1 && span != 0;
  }

  void add(byte[] in, int at, int end) {
    fields++;
    span = 0;
    if (fields > 1 || end - at != LENGTH || !isWellFormed(in, at)) {
      return;
    }
    traceHigh = Hex.parse(in, at + 3);
    traceLow = Hex.parse(in, at + 19);
    sampled = (Character.digit(in[at + 54], 16) & 1) != 0;
    if ((traceHigh | traceLow) != 0) {
      span = Hex.parse(in, at + 36);
    }
  }

  private static boolean isWellFormed(byte[] in, int at) {
    return in[at] == '0'
        && in[at + 1] == '0'
        && in[at + 2] == '-'
        && in[at + 35] == '-'
        && in[at + 52] == '-'
        && Hex.isHex(in, at + 3, 32)
        && Hex.isHex(in, at + 36, 16)
        && Hex.isHex(in, at + 53, 2);
  }
}
