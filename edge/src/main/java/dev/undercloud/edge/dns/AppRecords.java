package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Records that stand beside those of zone files and are not written into them. */
final class AppRecords {
  private AppRecords() {}

  /** By the deepest of {@code zones} that each is in; what is in none is left out. */
  static Map<DnsName, List<ZoneRecord>> byZone(List<ZoneRecord> records, Set<DnsName> zones) {
    Map<DnsName, List<ZoneRecord>> found = new HashMap<>();
    for (ZoneRecord record : records) {
      for (DnsName at = record.name(); !at.isRoot(); at = at.parent()) {
        if (zones.contains(at)) {
          found.computeIfAbsent(at, zone -> new ArrayList<>()).add(record);
          break;
        }
      }
    }
    return found;
  }

  /** The zone with those that it can have: what a person wrote, an alias above all, stays. */
  static Zone with(Zone zone, List<ZoneRecord> more) {
    if (more.isEmpty()) {
      return zone;
    }
    Set<DnsName> aliases = new HashSet<>();
    Set<ZoneRecord> there = new HashSet<>();
    for (ZoneRecord record : zone.records()) {
      there.add(new ZoneRecord(record.name(), record.type(), 0, record.data()));
      if (record.type() == RecordType.CNAME) {
        aliases.add(record.name());
      }
    }
    List<ZoneRecord> records = new ArrayList<>(zone.records());
    for (ZoneRecord record : more) {
      if (!aliases.contains(record.name())
          && there.add(new ZoneRecord(record.name(), record.type(), 0, record.data()))) {
        records.add(record);
      }
    }
    return zone.with(zone.soa(), records);
  }
}
