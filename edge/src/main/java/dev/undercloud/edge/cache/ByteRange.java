package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;

import dev.undercloud.edge.http1.Octets;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes (RFC 9110, 14.1.2).
 *
 * @param from the first byte; beyond the end where nothing satisfies it
 * @param to behind the last byte
 */
record ByteRange(long from, long to) {
  private static final byte[] UNIT = ascii("bytes=");

  boolean isSatisfiable() {
    return from < to;
  }

  /**
   * The range in {@code in[at, end)} of {@code length} bytes; null where it is none, of another
   * unit, or several: then the whole is sent, as it may be.
   */
  static @Nullable ByteRange parse(byte[] in, int at, int end, long length) {
    if (!Octets.startsWith(in, at, end - at, UNIT)) {
      return null;
    }
    int i = at + UNIT.length;
    int dash = i;
    while (dash < end && Octets.isDigit(in[dash])) {
      dash++;
    }
    if (dash == end || in[dash] != '-') {
      return null;
    }
    boolean suffix = dash == i;
    boolean open = dash + 1 == end;
    long first = suffix ? 0 : Octets.decimal(in, i, dash);
    long last = open ? Long.MAX_VALUE - 1 : Octets.decimal(in, dash + 1, end);
    if (suffix && open || first < 0 || last < 0 || !suffix && last < first) {
      return null;
    }
    return suffix
        ? new ByteRange(last == 0 ? length : Math.max(0, length - last), length)
        : new ByteRange(Math.min(first, length), Math.min(last + 1, length));
  }
}
