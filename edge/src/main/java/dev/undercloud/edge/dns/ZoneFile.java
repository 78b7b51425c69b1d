package dev.undercloud.edge.dns;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Soa;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Master;
import org.xbill.DNS.Record;

/** A zone as a master file (RFC 1035, 5), by dnsjava. {@code $INCLUDE} is refused. Any thread. */
final class ZoneFile {
  private static final String HEADING =
      "; Written by undercloud. Edit it by hand or by command; raise the SOA's serial by hand.\n";

  private ZoneFile() {}

  /**
   * Reads a zone.
   *
   * @param where the file, for errors
   * @throws CloudException where it is no zone, with the line where that is known
   */
  static Zone read(DnsName zone, byte[] text, String where) {
    try (Master master = new Master(new ByteArrayInputStream(text), RecordText.name(zone))) {
      master.disableIncludes(true);
      return zone(zone, master);
    } catch (IOException | IllegalArgumentException wrong) {
      throw new CloudException(
          new Problem(
              "dns-zone-invalid",
              Problem.Kind.USER,
              "Not the zone " + zone,
              where,
              String.valueOf(wrong.getMessage()).replaceFirst("^<none>:(\\d+): ?", "line $1: "),
              "Correct the file; undercloud serves the zone as it was until then."),
          wrong);
    }
  }

  private static Zone zone(DnsName zone, Master master) throws IOException {
    Soa soa = null;
    Set<ZoneRecord> records = new LinkedHashSet<>();
    for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
      ZoneRecord read = RecordText.of(record);
      if (record.getDClass() != DClass.IN) {
        throw new IllegalArgumentException("only class IN is served");
      }
      if (read.type() == RecordType.SOA) {
        soa = soa(zone, read, soa);
      } else if (records.add(read) && records.size() > Zone.MOST_RECORDS) {
        throw new IllegalArgumentException("more than " + Zone.MOST_RECORDS + " records");
      }
    }
    if (soa == null) {
      throw new IllegalArgumentException("it has no SOA record");
    }
    if (records.stream().noneMatch(r -> r.type() == RecordType.NS && r.name().equals(zone))) {
      throw new IllegalArgumentException("it has no NS record at its apex");
    }
    return new Zone(zone, soa, List.copyOf(records));
  }

  private static Soa soa(DnsName zone, ZoneRecord record, @Nullable Soa before) {
    if (before != null || !record.name().equals(zone)) {
      throw new IllegalArgumentException("it has an SOA record besides the one at its apex");
    }
    return Soa.of(record.data(), record.ttl());
  }

  /** The zone as text that {@link #read} reads as the same zone. */
  static String write(Zone zone) {
    StringBuilder text = new StringBuilder(HEADING);
    for (String line : lines(zone)) {
      text.append(line).append('\n');
    }
    return text.toString();
  }

  /** Whether {@link #write} wrote it, so that no remark of a person is lost by writing it again. */
  static boolean isOurs(String text) {
    return text.startsWith(HEADING);
  }

  /** Every record, the SOA first, then by name. */
  static List<String> lines(Zone zone) {
    List<String> lines = new ArrayList<>();
    lines.add(
        RecordText.line(
            new ZoneRecord(zone.name(), RecordType.SOA, zone.soa().ttl(), zone.soa().data())));
    zone.records().stream()
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .map(RecordText::line)
        .forEach(lines::add);
    return lines;
  }
}
