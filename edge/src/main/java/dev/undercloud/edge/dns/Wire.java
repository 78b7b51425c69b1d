package dev.undercloud.edge.dns;

/** Numbers of the message format (RFC 1035, 4.1; RFC 6891). */
final class Wire {
  static final int HEADER = 12;

  /** Type and class behind the name of a question. */
  static final int QUESTION_TAIL = 4;

  /** Type, class, time to live and length behind the name of a record. */
  static final int RECORD_TAIL = 10;

  /** An OPT record without options: the root's octet and the tail. */
  static final int OPT = 11;

  /** Code and length of an option in an OPT record. */
  static final int OPTION_HEAD = 4;

  /** The option with a client's subnet (RFC 7871). */
  static final int CLIENT_SUBNET = 8;

  /** Its family and the lengths of its two prefixes. */
  static final int SUBNET_HEAD = 4;

  static final int CLASS_IN = 1;
  static final int CLASS_ANY = 255;

  static final int QR = 0x8000;
  static final int AA = 0x0400;
  static final int TC = 0x0200;
  static final int RD = 0x0100;
  static final int CD = 0x0010;
  static final int OPCODE = 0x7800;

  /** The opcode of RFC 1996, where it stands. */
  static final int NOTIFY = 4 << 11;

  /** In the lower half of an OPT's time to live. */
  static final int DO = 0x8000;

  static final int NOERROR = 0;
  static final int FORMERR = 1;
  static final int SERVFAIL = 2;
  static final int NXDOMAIN = 3;
  static final int NOTIMP = 4;
  static final int REFUSED = 5;
  static final int NOTAUTH = 9;
  static final int BADVERS = 16;

  static final int POINTER = 0xC000;

  /** The name asked for, as a pointer. */
  static final int TO_QUESTION = POINTER | HEADER;

  /** Pointers reach this far. */
  static final int REACH = 0x4000;

  private Wire() {}

  static int u16(byte[] from, int at) {
    return (from[at] & 255) << 8 | from[at + 1] & 255;
  }

  static void u16(byte[] to, int at, int value) {
    to[at] = (byte) (value >> 8);
    to[at + 1] = (byte) value;
  }
}
