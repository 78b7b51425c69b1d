package dev.undercloud.edge.dns;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Rdata;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.ZoneRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Records as people write them, by dnsjava. Any thread. */
final class RecordText {
  /** Types whose data ends with a name. */
  private static final Set<Integer> TARGETED =
      Set.of(RecordType.CNAME, RecordType.NS, RecordType.MX, RecordType.SRV, RecordType.PTR);

  private RecordText() {}

  /**
   * Reads one record.
   *
   * @param name of its owner, absolute
   * @param data as in a zone file, names relative to {@code origin} unless they end with a dot or
   *     with the origin itself
   * @throws CloudException where it is none, with the reason
   */
  static ZoneRecord parse(DnsName name, String type, int ttl, String data, DnsName origin) {
    try {
      int number = RecordType.of(type);
      if (!RecordType.isData(number) || number == RecordType.SOA) {
        throw new IllegalArgumentException("records of that type cannot be edited");
      }
      Record record =
          Record.fromString(
              name(name),
              number,
              DClass.IN,
              ttl,
              ended(number, quoted(number, data), origin),
              name(origin));
      return of(record);
    } catch (IOException | IllegalArgumentException wrong) {
      throw CloudException.user(
          "dns-record-invalid",
          "Not a record: " + name + " " + type + " " + data,
          because(wrong),
          "Write it as in a zone file: 192.0.2.7 for A, \"10 5 443 host\" for SRV, '0 issue \"ca.example\"' for CAA.");
    }
  }

  /** A target that ends with the zone's own name is whole: nobody means it twice. */
  private static String ended(int type, String data, DnsName origin) {
    String text = data.strip();
    String zone = origin.toString().toLowerCase(Locale.ROOT);
    String last = text.substring(text.lastIndexOf(' ') + 1).toLowerCase(Locale.ROOT) + ".";
    return TARGETED.contains(type) && (last.equals(zone) || last.endsWith("." + zone))
        ? text + "."
        : data;
  }

  /** A TXT record's text with blanks and without quotes is one string: nobody means several. */
  private static String quoted(int type, String data) {
    if (type != RecordType.TXT || data.contains("\"") || data.startsWith("\\#")) {
      return data;
    }
    StringBuilder strings = new StringBuilder();
    for (int at = 0; at == 0 || at < data.length(); at += Rdata.LONGEST_STRING) {
      String part = data.substring(at, Math.min(data.length(), at + Rdata.LONGEST_STRING));
      strings
          .append(strings.isEmpty() ? "\"" : " \"")
          .append(part.replace("\\", "\\\\"))
          .append('"');
    }
    return strings.toString();
  }

  /** What dnsjava says of the place is about the text of one record: of no use. */
  static String because(Exception wrong) {
    String text = String.valueOf(wrong.getMessage());
    return text.replaceFirst("^<none>:\\d*:? ?", "");
  }

  static ZoneRecord of(Record record) {
    return new ZoneRecord(
        DnsName.fromWire(record.getName().toWire(), 0),
        record.getType(),
        (int) Math.min(record.getTTL(), ZoneRecord.LONGEST_TTL),
        Rdata.of(data(record)));
  }

  /** Its data as it travels, without compression and with the case it has. */
  private static byte[] data(Record record) {
    byte[] wire = record.toWire(Section.ANSWER);
    return Arrays.copyOfRange(wire, record.getName().length() + Wire.RECORD_TAIL, wire.length);
  }

  static Record toJava(ZoneRecord record) {
    return Record.newRecord(
        name(record.name()), record.type(), DClass.IN, record.ttl(), record.data().toWire());
  }

  static Name name(DnsName name) {
    try {
      return new Name(name.toWire());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What a record says, as in a zone file. */
  static String data(ZoneRecord record) {
    return toJava(record).rdataToString();
  }

  /** A line of a zone file, names absolute. */
  static String line(ZoneRecord record) {
    return record.name()
        + " "
        + record.ttl()
        + " IN "
        + RecordType.text(record.type())
        + " "
        + data(record);
  }
}
