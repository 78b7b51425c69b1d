package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;

import dev.undercloud.edge.http1.Octets;
import org.jspecify.annotations.Nullable;

/**
 * The part of a representation that a 206 has (RFC 9110, 14.4).
 *
 * @param from the first byte
 * @param to behind the last one
 * @param total bytes of the whole
 */
record Part(long from, long to, long total) {
  private static final byte[] UNIT = ascii("bytes ");

  Part {
    if (from < 0 || from >= to || to > total) {
      throw new IllegalArgumentException("no part");
    }
  }

  boolean isWhole() {
    return from == 0 && to == total;
  }

  boolean has(ByteRange range) {
    return range.isSatisfiable() && range.from() >= from && range.to() <= to;
  }

  /**
   * Content-Range's value; null where it makes no sense, or does not tell how long the whole is.
   */
  static @Nullable Part parse(byte[] in, int at, int end) {
    if (!Octets.startsWith(in, at, end - at, UNIT)) {
      return null;
    }
    int dash = digits(in, at + UNIT.length, end);
    int slash = dash < end && in[dash] == '-' ? digits(in, dash + 1, end) : end;
    boolean shaped = slash < end && in[slash] == '/' && digits(in, slash + 1, end) == end;
    long from = shaped ? Octets.decimal(in, at + UNIT.length, dash) : -1;
    long last = shaped ? Octets.decimal(in, dash + 1, slash) : -1;
    long total = shaped ? Octets.decimal(in, slash + 1, end) : -1;
    return from < 0 || last < from || total <= last ? null : new Part(from, last + 1, total);
  }

  private static int digits(byte[] in, int from, int end) {
    int i = from;
    while (i < end && Octets.isDigit(in[i])) {
      i++;
    }
    return i;
  }
}
