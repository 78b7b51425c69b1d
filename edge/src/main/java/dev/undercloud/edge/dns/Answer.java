package dev.undercloud.edge.dns;

/**
 * What follows the question in an answer, ready but for a few pointers: where a name ends the name
 * asked for, or stands in the answer itself, its place is known relative to the question's end, and
 * that differs with the length of what a wildcard matched. Immutable.
 */
final class Answer {
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
      int[] pointersTo) {
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
  }

  /** Without any record. */
  static Answer bare(int rcode, int flags) {
    return new Answer(rcode, flags, 0, 0, 0, 0, 0, new byte[0], new int[0], new int[0]);
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
}
