package dev.undercloud.edge.http1;

import static dev.undercloud.edge.http1.Reject.MORE;

import java.util.Arrays;

/**
 * The field lines of a head, as offsets into the bytes they were parsed from (RFC 9112, 5). Reused;
 * what it found holds until the next parse.
 */
public final class FieldSection {
  public int count;
  final FieldName[] names;
  public final int[] start;
  public final int[] nameEnd;
  public final int[] value;
  public final int[] valueEnd;

  /** Index after the line's CRLF. */
  public final int[] next;

  public FieldSection(int most) {
    names = new FieldName[most];
    Arrays.fill(names, FieldName.OTHER);
    start = new int[most];
    nameEnd = new int[most];
    value = new int[most];
    valueEnd = new int[most];
    next = new int[most];
  }

  /** Parses to the empty line; the index after it, MORE, or a reject code. */
  public int parse(byte[] in, int from, int end) {
    count = 0;
    int i = from;
    while (i < end) {
      if (in[i] == '\r') {
        if (i + 1 == end) {
          return MORE;
        }
        return in[i + 1] == '\n' ? i + 2 : Reject.BARE_CR.code();
      }
      if (count == names.length) {
        return Reject.TOO_MANY_FIELDS.code();
      }
      i = line(in, i, end);
      if (i < 0) {
        return i;
      }
    }
    return MORE;
  }

  /** Whether field {@code f} has this lower-case name. */
  boolean is(int f, byte[] in, byte[] lower) {
    return Octets.equal(in, start[f], nameEnd[f] - start[f], lower);
  }

  private int line(byte[] in, int from, int end) {
    int i = from;
    int seen = 0;
    int bits;
    while (i < end && ((bits = Octets.classOf(in[i])) & Octets.TOKEN) != 0) {
      seen |= bits;
      i++;
    }
    if (i == end) {
      return MORE;
    }
    if (in[i] != ':' || i == from) {
      return nameFault(in[i], i == from).code();
    }
    int colon = i++;
    while (i < end && Octets.isBlank(in[i])) {
      i++;
    }
    int first = i;
    i = Octets.valueEnd(in, i, end);
    if (i == end) {
      return MORE;
    }
    if (in[i] != '\r') {
      return (in[i] == '\n' ? Reject.BARE_LF : Reject.CONTROL_BYTE).code();
    }
    if (i + 1 == end) {
      return MORE;
    }
    if (in[i + 1] != '\n') {
      return Reject.BARE_CR.code();
    }
    int last = i;
    while (last > first && Octets.isBlank(in[last - 1])) {
      last--;
    }
    int f = count++;
    names[f] =
        (seen & Octets.LOOKALIKE) != 0 ? FieldName.LOOKALIKE : FieldName.of(in, from, colon - from);
    start[f] = from;
    nameEnd[f] = colon;
    value[f] = first;
    valueEnd[f] = last;
    next[f] = i + 2;
    return i + 2;
  }

  /** What is wrong with a name that ends in {@code c} instead of a colon. */
  private static Reject nameFault(byte c, boolean atStart) {
    if (c == '\n') {
      return Reject.BARE_LF;
    }
    if (Octets.isBlank(c)) {
      return atStart ? Reject.FOLDED_LINE : Reject.SPACE_BEFORE_COLON;
    }
    return Reject.FIELD_NAME;
  }
}
