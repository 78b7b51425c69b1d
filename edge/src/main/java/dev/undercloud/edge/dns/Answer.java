package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.Answered;
import dev.undercloud.core.zone.ZoneRecord;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What follows the question in an answer, ready but for a few pointers: where a name ends the name
 * asked for, or stands in the answer itself, its place is known relative to the question's end, and
 * that differs with the length of what a wildcard matched. Immutable.
 */
final class Answer implements Answered {
  /** Records of the answer section that telemetry shows: more are no news. */
  static final int SHOWN = 4;

  private static final ZoneRecord[] NONE = {};

  final int rcode;

  /** AA where we are the authority. */
  final int flags;

  final int answers;
  final int authorities;
  final int additionals;

  /** Octets that must fit; what follows are addresses that a resolver can ask for. */
  final int required;

  /** Additional records among them. */
  final int requiredAdditionals;

  private final byte[] body;
  private final int[] pointersAt;
  private final int[] pointersTo;
  private final ZoneRecord[] shown;
  private final int ttl;

  Answer(
      int rcode,
      int flags,
      int answers,
      int authorities,
      int additionals,
      int required,
      int requiredAdditionals,
      byte[] body,
      int[] pointersAt,
      int[] pointersTo,
      ZoneRecord[] shown,
      int ttl) {
    this.rcode = rcode;
    this.flags = flags;
    this.answers = answers;
    this.authorities = authorities;
    this.additionals = additionals;
    this.required = required;
    this.requiredAdditionals = requiredAdditionals;
    this.body = body;
    this.pointersAt = pointersAt;
    this.pointersTo = pointersTo;
    this.shown = shown;
    this.ttl = ttl;
  }

  /** Without any record. */
  static Answer bare(int rcode, int flags) {
    byte[] nothing = {};
    int[] nowhere = {};
    return new Answer(rcode, flags, 0, 0, 0, 0, 0, nothing, nowhere, nowhere, NONE, 0);
  }

  int length() {
    return body.length;
  }

  /** Writes the first {@code length} octets, all or {@link #required}, behind the question. */
  void write(byte[] out, int questionEnd, int length) {
    System.arraycopy(body, 0, out, questionEnd, length);
    for (int i = 0; i < pointersAt.length && pointersAt[i] < length; i++) {
      Wire.u16(out, questionEnd + pointersAt[i], Wire.POINTER | questionEnd + pointersTo[i]);
    }
  }

  @Override
  public int records() {
    return answers;
  }

  @Override
  public int ttl() {
    return ttl;
  }

  @Override
  public String text() {
    String records = Arrays.stream(shown).map(RecordText::data).collect(Collectors.joining(", "));
    return answers > shown.length ? records + ", …" : records;
  }
}
