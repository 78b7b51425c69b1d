package dev.undercloud.edge.file;

import java.nio.charset.StandardCharsets;

/**
 * The parts of a file that a client asks for (RFC 9110, 14.1.2). What breaks the grammar, or asks
 * for more than there is by asking for it again and again, is as if it were not there: the whole
 * file is sent. Reused; one for each event loop.
 */
final class Ranges {
  /** What a Range field comes to. */
  enum Verdict {
    WHOLE,
    PARTS,
    UNSATISFIABLE
  }

  private static final byte[] BYTES = "bytes=".getBytes(StandardCharsets.US_ASCII);

  /** Digits of a position: no file is longer. */
  private static final int DIGITS = 18;

  private final long[] from;
  private final long[] to;
  private int count;
  private int asked;
  private long total;

  /**
   * @param most parts, beyond which the whole is sent
   */
  Ranges(int most) {
    from = new long[most];
    to = new long[most];
  }

  int count() {
    return count;
  }

  long from(int i) {
    return from[i];
  }

  /** Exclusive. */
  long to(int i) {
    return to[i];
  }

  /** Reads the field's value in {@code in[at, end)} for a file of {@code size} bytes. */
  Verdict parse(byte[] in, int at, int end, long size) {
    count = asked = 0;
    total = 0;
    if (end - at < BYTES.length) {
      return Verdict.WHOLE;
    }
    for (int i = 0; i < BYTES.length; i++) {
      int c = in[at + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != BYTES[i]) {
        return Verdict.WHOLE;
      }
    }
    int start = at + BYTES.length;
    for (int i = start; i <= end; i++) {
      if (i == end || in[i] == ',') {
        if (!spec(in, start, i, size)) {
          return Verdict.WHOLE;
        }
        start = i + 1;
      }
    }
    if (asked == 0 || total > size) {
      return Verdict.WHOLE;
    }
    return count == 0 ? Verdict.UNSATISFIABLE : Verdict.PARTS;
  }

  private boolean spec(byte[] in, int at, int end, long size) {
    int i = at;
    while (i < end && blank(in[i])) {
      i++;
    }
    int last = end;
    while (last > i && blank(in[last - 1])) {
      last--;
    }
    if (i == last) {
      return true; // An empty member of a list says nothing.
    }
    asked++;
    int dash = i;
    while (dash < last && in[dash] != '-') {
      dash++;
    }
    if (dash == last || asked > from.length) {
      return false;
    }
    if (dash == i) {
      long suffix = number(in, dash + 1, last);
      return suffix >= 0 && add(Math.max(0, size - suffix), suffix == 0 ? 0 : size, size);
    }
    long first = number(in, i, dash);
    long end1 = dash + 1 == last ? Long.MAX_VALUE - 1 : number(in, dash + 1, last);
    if (first < 0 || end1 < 0 || end1 < first) {
      return false;
    }
    return add(first, Math.min(end1 + 1, size), size);
  }

  /** Keeps the part if there is any of it. */
  private boolean add(long first, long afterLast, long size) {
    if (first < afterLast && first < size) {
      from[count] = first;
      to[count++] = afterLast;
      total += afterLast - first;
    }
    return true;
  }

  private static boolean blank(byte c) {
    return c == ' ' || c == '\t';
  }

  private static long number(byte[] in, int at, int end) {
    if (at == end || end - at > DIGITS) {
      return -1;
    }
    long value = 0;
    for (int i = at; i < end; i++) {
      if (in[i] < '0' || in[i] > '9') {
        return -1;
      }
      value = value * 10 + (in[i] - '0');
    }
    return value;
  }
}
