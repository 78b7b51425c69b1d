package dev.undercloud.core.zone;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All zones we are the authority for, swapped as one reference.
 *
 * @param version grows with every publication
 * @param zones with different names
 * @param failing zones that are ours but have no data now (a secondary before its first transfer,
 *     or expired): questions for them fail, and are not refused
 */
public record Zones(long version, List<Zone> zones, Set<DnsName> failing) {
  public static final Zones EMPTY = new Zones(0, List.of());

  public Zones {
    zones = List.copyOf(zones);
    failing = Set.copyOf(failing);
    Set<DnsName> names = new HashSet<>(failing);
    for (Zone zone : zones) {
      if (!names.add(zone.name())) {
        throw new IllegalArgumentException("two zones called " + zone.name());
      }
    }
  }

  public Zones(long version, List<Zone> zones) {
    this(version, zones, Set.of());
  }
}
