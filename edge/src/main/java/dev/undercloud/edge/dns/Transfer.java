package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;

/**
 * A whole zone as messages (AXFR, RFC 5936): its SOA, everything, its SOA. Names are compressed
 * against the zone's only. Makes one message at a time, as the client takes them.
 */
final class Transfer {
  /** Octets of a message, near enough: pointers reach the question from anywhere. */
  private static final int MESSAGE = 16_000;

  private final Zone zone;
  private final byte[] question;
  private final int apexLength;
  private final ZoneRecord soa;

  /** 0 and one behind the records: the SOA. */
  private int next;

  /**
   * @param in the question
   */
  Transfer(Zone zone, byte[] in) {
    this.zone = zone;
    apexLength = zone.name().length();
    question = new byte[Wire.HEADER + apexLength + Wire.QUESTION_TAIL];
    System.arraycopy(in, 0, question, 0, question.length);
    Wire.u16(question, 2, Wire.QR | Wire.AA | Wire.u16(in, 2) & Wire.RD);
    Wire.u16(question, 8, 0);
    Wire.u16(question, 10, 0);
    soa = new ZoneRecord(zone.name(), RecordType.SOA, zone.soa().ttl(), zone.soa().data());
  }

  /** Writes the next message; its octets, 0 where all are written. */
  int next(byte[] out) {
    int last = zone.records().size() + 1;
    if (next > last) {
      return 0;
    }
    System.arraycopy(question, 0, out, 0, question.length);
    int at = question.length;
    int count = 0;
    while (next <= last) {
      ZoneRecord record = next == 0 || next == last ? soa : zone.records().get(next - 1);
      int room = DnsName.LONGEST + Wire.RECORD_TAIL + record.data().length();
      if (count > 0 && at + room > MESSAGE) {
        break;
      }
      at = record(record, out, at);
      count++;
      next++;
    }
    Wire.u16(out, 6, count);
    return at;
  }

  private int record(ZoneRecord record, byte[] out, int from) {
    byte[] name = record.name().toWire();
    int own = name.length - apexLength;
    System.arraycopy(name, 0, out, from, own);
    int at = from + own;
    if (apexLength > 1) {
      Wire.u16(out, at, Wire.TO_QUESTION);
      at += 2;
    } else {
      out[at++] = 0;
    }
    Wire.u16(out, at, record.type());
    Wire.u16(out, at + 2, Wire.CLASS_IN);
    Wire.u16(out, at + 4, record.ttl() >>> 16);
    Wire.u16(out, at + 6, record.ttl());
    byte[] data = record.data().toWire();
    Wire.u16(out, at + 8, data.length);
    System.arraycopy(data, 0, out, at + Wire.RECORD_TAIL, data.length);
    return at + Wire.RECORD_TAIL + data.length;
  }
}
