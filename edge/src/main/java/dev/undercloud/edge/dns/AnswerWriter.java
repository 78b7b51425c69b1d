package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.ZoneRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an {@link Answer} with names compressed (RFC 1035, 4.1.4). For one answer. */
final class AnswerWriter {
  /** The longest name asked for plus its tail: answers reach this much less far than pointers. */
  private static final int LONGEST_QUESTION = Wire.HEADER + DnsName.LONGEST + Wire.QUESTION_TAIL;

  private static final int NONE = -1;

  private final @Nullable DnsName asked;
  private final Map<DnsName, Integer> known = new HashMap<>();
  private byte[] body = new byte[256];
  private int length;
  private int required = NONE;
  private int requiredAdditionals;
  private int[] pointersAt = new int[4];
  private int[] pointersTo = new int[4];
  private int pointers;
  private final int[] counts = new int[3];
  private final List<ZoneRecord> shown = new ArrayList<>(1);
  private int leastTtl = ZoneRecord.LONGEST_TTL;
  private int section;

  /**
   * @param asked the name asked for; null where a wildcard matches or a name that is not there
   * @param under what the name asked for ends with, itself included
   */
  AnswerWriter(@Nullable DnsName asked, DnsName under) {
    this.asked = asked;
    for (DnsName suffix = under; !suffix.isRoot(); suffix = suffix.parent()) {
      known.put(suffix, -Wire.QUESTION_TAIL - suffix.length());
    }
  }

  /** What follows belongs to the authority section. */
  AnswerWriter authority() {
    section = 1;
    return this;
  }

  /** What follows belongs to the additional section. */
  AnswerWriter additional() {
    section = 2;
    return this;
  }

  /** What follows may be left out. */
  AnswerWriter optional() {
    required = length;
    requiredAdditionals = counts[2];
    return this;
  }

  /** A record at {@code owner}, or with null at the name asked for. */
  AnswerWriter add(@Nullable DnsName owner, ZoneRecord record, int ttl) {
    if (owner == null || asked != null && owner.equals(asked)) {
      number(Wire.TO_QUESTION, 2);
    } else {
      name(owner);
    }
    number(record.type(), 2);
    number(Wire.CLASS_IN, 2);
    number(ttl, 4);
    int lengthAt = length;
    number(0, 2);
    data(record);
    Wire.u16(body, lengthAt, length - lengthAt - 2);
    counts[section]++;
    if (section == 0) {
      leastTtl = Math.min(leastTtl, ttl);
      if (shown.size() < Answer.SHOWN) {
        shown.add(record);
      }
    }
    return this;
  }

  private void data(ZoneRecord record) {
    byte[] wire = record.data().toWire();
    // Only the types of RFC 1035 may be compressed (RFC 3597, 4).
    switch (record.type()) {
      case RecordType.CNAME, RecordType.NS, RecordType.PTR -> name(record.data().nameAt(0));
      case RecordType.MX -> {
        octets(wire, 0, 2);
        name(record.data().nameAt(2));
      }
      case RecordType.SOA -> {
        DnsName primary = record.data().nameAt(0);
        DnsName mailbox = record.data().nameAt(primary.length());
        name(primary);
        name(mailbox);
        int at = primary.length() + mailbox.length();
        octets(wire, at, wire.length - at);
      }
      default -> octets(wire, 0, wire.length);
    }
  }

  private void name(DnsName name) {
    byte[] wire = name.toWire();
    int at = 0;
    for (DnsName suffix = name; !suffix.isRoot(); suffix = suffix.parent()) {
      Integer place = known.get(suffix);
      if (place != null) {
        pointer(place);
        return;
      }
      if (length + LONGEST_QUESTION < Wire.REACH) {
        known.put(suffix, length);
      }
      octets(wire, at, wire[at] + 1);
      at += wire[at] + 1;
    }
    number(0, 1);
  }

  private void pointer(int to) {
    if (pointers == pointersAt.length) {
      pointersAt = Arrays.copyOf(pointersAt, pointers * 2);
      pointersTo = Arrays.copyOf(pointersTo, pointers * 2);
    }
    pointersAt[pointers] = length;
    pointersTo[pointers++] = to;
    number(0, 2);
  }

  private void number(int value, int octets) {
    room(octets);
    for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
      body[length++] = (byte) (value >> shift);
    }
  }

  private void octets(byte[] from, int at, int count) {
    room(count);
    System.arraycopy(from, at, body, length, count);
    length += count;
  }

  private void room(int count) {
    if (length + count > body.length) {
      body = Arrays.copyOf(body, Math.max(length + count, body.length * 2));
    }
  }

  Answer finish(int rcode, int flags) {
    return new Answer(
        rcode,
        flags,
        counts[0],
        counts[1],
        counts[2],
        required == NONE ? length : required,
        required == NONE ? counts[2] : requiredAdditionals,
        Arrays.copyOf(body, length),
        Arrays.copyOf(pointersAt, pointers),
        Arrays.copyOf(pointersTo, pointers),
        shown.toArray(ZoneRecord[]::new),
        counts[0] == 0 ? 0 : leastTtl);
  }
}
