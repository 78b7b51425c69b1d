package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import java.net.InetAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From the octets of a question to those of its answer (RFC 1035, 2181, 6891, 8482), for names we
 * are the authority for; everything else is refused, and nothing is ever asked elsewhere. Allocates
 * nothing. One per event loop; its thread only.
 */
final class Responder {
  /** Nothing is to be sent: it was no question. */
  static final int SILENCE = 0;

  /** A zone is to be sent: {@link #node} is its apex. */
  static final int TRANSFER = -1;

  /** Octets of an answer over UDP that no path is likely to fragment (DNS flag day 2020). */
  static final int UDP_PAYLOAD = 1_232;

  /** What everybody takes over UDP. */
  private static final int LEAST_PAYLOAD = 512;

  /** The longest message. */
  static final int LONGEST = 65_535;

  /** TSIG and TKEY, AXFR and so on to ANY: none of them is data. */
  private static final int FIRST_TRANSPORT_TYPE = 249;

  private static final Answer REFUSAL = Answer.bare(Wire.REFUSED, 0);
  private static final Answer NOT_DONE = Answer.bare(Wire.NOTIMP, 0);
  private static final Answer BROKEN = Answer.bare(Wire.FORMERR, 0);
  private static final Answer NOT_OURS = Answer.bare(Wire.NOTAUTH, 0);
  private static final Answer FAILED = Answer.bare(Wire.SERVFAIL, 0);
  private static final Answer WRONG_VERSION = Answer.bare(Wire.BADVERS, 0);

  private final byte[] lower = new byte[DnsName.LONGEST];
  private final int[] labels = new int[DnsName.LONGEST / 2 + 1];
  private final int[] hashes = new int[DnsName.LONGEST / 2 + 1];

  private final Supplier<TransferRules> transfers;
  private final @Nullable Secondaries secondaries;

  private int count;

  /** Octets of the name asked for, 0 where it could not be read. */
  int nameLength;

  /** The type asked for, 0 where it could not be read. */
  int type;

  /** Of the last answer, with the bits of EDNS. */
  int rcode;

  /** What was found; only behind {@link #TRANSFER} of interest. */
  @Nullable Node node;

  /** What the last answer says; null where a whole zone is sent. */
  @Nullable Answer given;

  /** Whether the last answer did not fit. */
  boolean truncated;

  /** Where in the question the subnet of RFC 7871 begins, behind its lengths. */
  int subnetAt;

  /** Octets of that subnet. */
  int subnetOctets;

  /** Bits of it that count; 0 where none was told. */
  int subnetBits;

  boolean subnetIpv6;

  /** Where the last question's signature begins; 0 where it has none. */
  int signatureAt;

  /** Octets to leave for a signature. */
  int reserved;

  /** Who signed the question; null where nobody did, or it does not hold. */
  @Nullable Signing signing;

  private boolean edns;
  private int payload;
  private boolean dnssecOk;
  private int version;

  /**
   * @param transfers who may have whole zones now
   * @param secondaries who is told of a NOTIFY; null: nobody
   */
  Responder(Supplier<TransferRules> transfers, @Nullable Secondaries secondaries) {
    this.transfers = transfers;
    this.secondaries = secondaries;
  }

  /**
   * Answers.
   *
   * @param in the question, {@code length} octets of it
   * @param out takes the answer: {@link #LONGEST} octets
   * @param tcp whether an answer may be as long as a message can be
   * @param client who asks
   * @return octets of the answer, or {@link #SILENCE}, or {@link #TRANSFER}
   */
  int answer(Names names, byte[] in, int length, byte[] out, boolean tcp, InetAddress client) {
    nameLength = 0;
    type = 0;
    edns = false;
    node = null;
    given = null;
    truncated = false;
    signatureAt = 0;
    subnetBits = 0;
    if (length < Wire.HEADER || (in[2] & 0x80) != 0) {
      return SILENCE;
    }
    int opcode = Wire.u16(in, 2) & Wire.OPCODE;
    if (opcode != 0 && (opcode != Wire.NOTIFY || secondaries == null)) {
      return header(in, out, NOT_DONE);
    }
    int questionEnd = question(in, length, opcode == Wire.NOTIFY ? 1 : 0);
    if (questionEnd < 0 || !records(in, length, questionEnd)) {
      edns = false;
      return header(in, out, BROKEN);
    }
    if (opcode == Wire.NOTIFY) {
      return notified(in, questionEnd, out, client);
    }
    Answer answer = choose(names, in, questionEnd, tcp, client);
    if (answer == null) {
      rcode = Wire.NOERROR;
      return TRANSFER;
    }
    int limit = tcp ? LONGEST : edns ? payload : LEAST_PAYLOAD;
    return write(answer, in, questionEnd, out, limit, tcp);
  }

  /** Tells whose zone it may be (RFC 1996); what else the message says is not believed. */
  private int notified(byte[] in, int questionEnd, byte[] out, InetAddress client) {
    Secondaries told = secondaries;
    boolean soa = type == RecordType.SOA && Wire.u16(in, questionEnd - 2) == Wire.CLASS_IN;
    int code =
        edns && version != 0
            ? Wire.BADVERS
            : soa && told != null ? told.notified(DnsName.fromWire(lower, 0), client) : Wire.NOTIMP;
    System.arraycopy(in, 0, out, 0, questionEnd);
    Wire.u16(out, 2, Wire.QR | Wire.u16(in, 2) & (Wire.OPCODE | Wire.AA) | code & 15);
    Wire.u16(out, 6, 0);
    Wire.u16(out, 8, 0);
    Wire.u16(out, 10, edns ? 1 : 0);
    rcode = code;
    return edns ? option(out, questionEnd) : questionEnd;
  }

  /**
   * Reads the one question there must be; -1 where it is broken.
   *
   * @param mostAnswers that may follow: a NOTIFY may have the new SOA there
   */
  private int question(byte[] in, int length, int mostAnswers) {
    if (Wire.u16(in, 4) != 1 || Wire.u16(in, 6) > mostAnswers) {
      return -1;
    }
    int at = Wire.HEADER;
    int labelCount = 0;
    int to = 0;
    while (true) {
      if (at >= length) {
        return -1;
      }
      int octets = in[at];
      if (octets == 0) {
        break;
      }
      // Longer ones are pointers, which have nothing to point to yet, or reserved.
      if (octets < 0 || octets > DnsName.LONGEST_LABEL) {
        return -1;
      }
      if (at + octets >= length || to + octets + 2 > DnsName.LONGEST) {
        return -1;
      }
      labels[labelCount++] = to;
      lower[to++] = (byte) octets;
      for (int end = at + octets; at < end; ) {
        byte octet = in[++at];
        lower[to++] = octet >= 'A' && octet <= 'Z' ? (byte) (octet + 32) : octet;
      }
      at++;
    }
    lower[to++] = 0;
    at++;
    if (at + Wire.QUESTION_TAIL > length) {
      return -1;
    }
    nameLength = to;
    count = labelCount;
    type = Wire.u16(in, at);
    return at + Wire.QUESTION_TAIL;
  }

  /** Reads what follows the question, of which only an OPT matters; false where it is broken. */
  private boolean records(byte[] in, int length, int from) {
    int authorities = Wire.u16(in, 8);
    // An IXFR says there what it has (RFC 1995, 3); nothing else has an authority section.
    if (authorities > (type == RecordType.IXFR ? 1 : 0)) {
      return false;
    }
    int left = Wire.u16(in, 6) + authorities + Wire.u16(in, 10);
    int at = from;
    for (; left > 0; left--) {
      int name = at;
      at = skipName(in, length, at);
      if (at < 0 || at + Wire.RECORD_TAIL > length) {
        return false;
      }
      if (left == 1 && Wire.u16(in, at) == RecordType.TSIG) {
        signatureAt = name;
      }
      boolean opt = Wire.u16(in, at) == RecordType.OPT;
      if (opt && !option(in, name, at)) {
        return false;
      }
      int data = at + Wire.RECORD_TAIL;
      at = data + Wire.u16(in, at + 8);
      if (at > length) {
        return false;
      }
      if (opt) {
        options(in, data, at);
      }
    }
    return at == length;
  }

  private boolean option(byte[] in, int name, int at) {
    if (edns || in[name] != 0) {
      return false;
    }
    edns = true;
    payload = Math.clamp(Wire.u16(in, at + 2), LEAST_PAYLOAD, UDP_PAYLOAD);
    version = in[at + 5] & 255;
    dnssecOk = (Wire.u16(in, at + 6) & Wire.DO) != 0;
    return true;
  }

  /** Looks for a client's subnet: for telemetry alone, so that a broken one is none. */
  private void options(byte[] in, int from, int end) {
    int at = from;
    while (at + Wire.OPTION_HEAD <= end) {
      int data = at + Wire.OPTION_HEAD;
      int next = data + Wire.u16(in, at + 2);
      if (next > end) {
        return;
      }
      if (Wire.u16(in, at) == Wire.CLIENT_SUBNET && next - data >= Wire.SUBNET_HEAD) {
        subnet(in, data, next - data - Wire.SUBNET_HEAD);
        return;
      }
      at = next;
    }
  }

  private void subnet(byte[] in, int at, int octets) {
    int family = Wire.u16(in, at);
    int bits = in[at + 2] & 255;
    int most = family == 1 ? 32 : family == 2 ? 128 : 0;
    if (bits <= most && octets == (bits + 7) / 8) {
      subnetAt = at + Wire.SUBNET_HEAD;
      subnetOctets = octets;
      subnetBits = bits;
      subnetIpv6 = family == 2;
    }
  }

  private static int skipName(byte[] in, int length, int from) {
    int at = from;
    while (at < length) {
      int octets = in[at] & 255;
      if (octets == 0) {
        return at + 1;
      }
      if (octets >= 0xC0) {
        return at + 2;
      }
      if (octets > DnsName.LONGEST_LABEL) {
        return -1;
      }
      at += octets + 1;
    }
    return -1;
  }

  private @Nullable Answer choose(
      Names names, byte[] in, int questionEnd, boolean tcp, InetAddress client) {
    if (edns && version != 0) {
      return WRONG_VERSION;
    }
    int questionClass = Wire.u16(in, questionEnd - 2);
    if (questionClass != Wire.CLASS_IN && questionClass != Wire.CLASS_ANY) {
      return REFUSAL;
    }
    if (type == RecordType.OPT || type >= FIRST_TRANSPORT_TYPE && type < RecordType.ANY) {
      if (type == RecordType.AXFR || type == RecordType.IXFR) {
        return transfer(names, tcp, client);
      }
      return NOT_DONE;
    }
    return find(names);
  }

  private @Nullable Answer transfer(Names names, boolean tcp, InetAddress client) {
    if (!transfers.get().allow(client, signing)) {
      return REFUSAL;
    }
    if (!tcp && type == RecordType.AXFR) {
      return BROKEN;
    }
    hash();
    Node apex = names.find(lower, 0, nameLength, hashes[0]);
    if (apex == null || apex.apexOf == null) {
      boolean failing = apex != null && apex.absent.rcode == Wire.SERVFAIL;
      return failing ? FAILED : NOT_OURS;
    }
    node = apex;
    // The current SOA alone says: too long for UDP, ask by TCP (RFC 1995, 2).
    return tcp ? null : apex.answer(RecordType.SOA);
  }

  private void hash() {
    int hash = 0;
    hashes[count] = 0;
    int end = nameLength - 1;
    for (int i = count - 1; i >= 0; i--) {
      hash = Names.extend(hash, lower, labels[i], end - labels[i]);
      hashes[i] = hash;
      end = labels[i];
    }
    labels[count] = nameLength - 1;
  }

  private Answer find(Names names) {
    hash();
    for (int i = 0; i <= count; i++) {
      Node here = names.find(lower, labels[i], nameLength, hashes[i]);
      if (here == null) {
        continue;
      }
      if (here.instead != null && !(i == 0 && here.cut && type == RecordType.DS)) {
        return here.instead;
      }
      if (i == 0) {
        return here.answer(type);
      }
      return here.wildcard != null ? here.wildcard.answer(type) : here.absent;
    }
    return REFUSAL;
  }

  /** A bare refusal of what was asked last, for a signature that does not hold (RFC 8945, 5.2). */
  int unsigned(byte[] in, byte[] out) {
    return header(in, out, NOT_OURS);
  }

  private int header(byte[] in, byte[] out, Answer answer) {
    System.arraycopy(in, 0, out, 0, 2);
    Wire.u16(out, 2, Wire.QR | Wire.u16(in, 2) & (Wire.OPCODE | Wire.RD) | answer.rcode);
    for (int at = 4; at < Wire.HEADER; at += 2) {
      Wire.u16(out, at, 0);
    }
    rcode = answer.rcode;
    given = answer;
    return Wire.HEADER;
  }

  private int write(Answer chosen, byte[] in, int questionEnd, byte[] out, int limit, boolean tcp) {
    Answer answer = chosen;
    int room = limit - reserved - questionEnd - (edns ? Wire.OPT : 0);
    int length = answer.length();
    int flags = Wire.QR | answer.flags | Wire.u16(in, 2) & (Wire.RD | Wire.CD);
    int additionals = answer.additionals;
    boolean cut = false;
    if (length > room) {
      length = answer.required;
      additionals = answer.requiredAdditionals;
      if (length > room && tcp) {
        // A set of records longer than any message.
        answer = FAILED;
        additionals = 0;
        length = 0;
        flags &= ~Wire.AA;
      } else if (length > room) {
        cut = true;
        additionals = 0;
        length = 0;
        flags |= Wire.TC;
      }
    }
    System.arraycopy(in, 0, out, 0, questionEnd);
    Wire.u16(out, 2, flags | answer.rcode & 15);
    Wire.u16(out, 6, cut ? 0 : answer.answers);
    Wire.u16(out, 8, cut ? 0 : answer.authorities);
    Wire.u16(out, 10, additionals + (edns ? 1 : 0));
    answer.write(out, questionEnd, length);
    rcode = answer.rcode;
    given = answer;
    truncated = cut;
    return edns ? option(out, questionEnd + length) : questionEnd + length;
  }

  private int option(byte[] out, int at) {
    out[at] = 0;
    Wire.u16(out, at + 1, RecordType.OPT);
    Wire.u16(out, at + 3, UDP_PAYLOAD);
    out[at + 5] = (byte) (rcode >> 4);
    out[at + 6] = 0;
    Wire.u16(out, at + 7, dnssecOk ? Wire.DO : 0);
    Wire.u16(out, at + 9, 0);
    return at + Wire.OPT;
  }

  /** The name last asked for, as it travels, in lower case. */
  byte[] name() {
    return lower;
  }

  /**
   * Makes the answer in {@code out} say: ask again by TCP.
   *
   * @return its new length; {@link #SILENCE} where it holds no question
   */
  int slip(byte[] out) {
    if (nameLength == 0) {
      return SILENCE;
    }
    Wire.u16(out, 2, Wire.u16(out, 2) & ~(Wire.AA | 15) | Wire.TC);
    for (int at = 6; at < Wire.HEADER; at += 2) {
      Wire.u16(out, at, 0);
    }
    boolean bare = Wire.u16(out, 4) == 0;
    return bare ? Wire.HEADER : Wire.HEADER + nameLength + Wire.QUESTION_TAIL;
  }
}
