package dev.undercloud.core.zone;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A zone that we are the authority for.
 *
 * @param name its apex
 * @param soa the start of its authority
 * @param records everything else; none twice, names in the zone, an alias alone at its name
 */
public record Zone(DnsName name, Soa soa, List<ZoneRecord> records) {
  /** Records of one zone: a hundred megabytes when all are compiled into answers. */
  public static final int MOST_RECORDS = 200_000;

  public Zone {
    records = List.copyOf(records);
    if (records.size() > MOST_RECORDS) {
      throw new IllegalArgumentException("a zone has at most " + MOST_RECORDS + " records");
    }
    check(name, records);
  }

  private static void check(DnsName zone, List<ZoneRecord> records) {
    Map<DnsName, ZoneRecord> aliases = new HashMap<>();
    Set<Key> seen = HashSet.newHashSet(records.size());
    for (ZoneRecord record : records) {
      if (!record.name().isIn(zone)) {
        throw new IllegalArgumentException(record.name() + " is not in " + zone);
      }
      if (record.type() == RecordType.SOA) {
        throw new IllegalArgumentException("a zone has one SOA, at its apex");
      }
      if (record.type() == RecordType.DNAME) {
        throw new IllegalArgumentException(record.name() + " has a DNAME record: none are served");
      }
      if (record.type() == RecordType.NS && record.name().isWildcard()) {
        throw new IllegalArgumentException(
            record.name() + " has an NS record: a wildcard cannot delegate (RFC 4592, 4.2)");
      }
      if (!seen.add(new Key(record.name(), record.type(), record.data()))) {
        throw new IllegalArgumentException(
            record.name() + " has the same " + RecordType.text(record.type()) + " record twice");
      }
      if (record.type() == RecordType.CNAME && aliases.put(record.name(), record) != null) {
        throw new IllegalArgumentException(record.name() + " has two CNAME records");
      }
    }
    if (aliases.containsKey(zone)) {
      throw new IllegalArgumentException(zone + " cannot be an alias: it is the zone's apex");
    }
    for (ZoneRecord record : records) {
      if (record.type() != RecordType.CNAME && aliases.containsKey(record.name())) {
        throw new IllegalArgumentException(
            record.name() + " has a CNAME record, beside which no other may be (RFC 1034, 3.6.2)");
      }
    }
  }

  /** The same with another SOA and other records. */
  public Zone with(Soa newSoa, List<ZoneRecord> newRecords) {
    return new Zone(name, newSoa, newRecords);
  }

  private record Key(DnsName name, int type, Rdata data) {}
}
