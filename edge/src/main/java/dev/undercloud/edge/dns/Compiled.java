package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.core.zone.Zones;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * All zones as answers. A zone that did not change, with the same targets down, keeps its answers.
 * Immutable.
 */
final class Compiled {
  static final Compiled EMPTY = new Compiled(new Names(List.of()), Map.of());

  private static final Answer FAILING = Answer.bare(Wire.SERVFAIL, 0);

  final Names names;
  private final Map<DnsName, Part> parts;

  private Compiled(Names names, Map<DnsName, Part> parts) {
    this.names = names;
    this.parts = parts;
  }

  /** The answers of {@code zones}, taken from here where they are the same. */
  Compiled next(Zones zones, Predicate<ZoneRecord> up) {
    Set<DnsName> apexes = zones.zones().stream().map(Zone::name).collect(Collectors.toSet());
    apexes.addAll(zones.failing());
    Map<DnsName, Part> next = new HashMap<>();
    List<Node> all = new ArrayList<>();
    for (Zone zone : zones.zones()) {
      Part part = part(zone, deeper(zone.name(), apexes), up);
      next.put(zone.name(), part);
      all.addAll(part.nodes());
    }
    for (DnsName failing : zones.failing()) {
      Node node = new Node(failing, FAILING, FAILING);
      node.instead = FAILING;
      all.add(node);
    }
    return new Compiled(new Names(all), next);
  }

  private Part part(Zone zone, Set<DnsName> deeper, Predicate<ZoneRecord> up) {
    Set<ZoneRecord> down = new HashSet<>();
    for (ZoneRecord record : zone.records()) {
      if (!up.test(record)) {
        down.add(record);
      }
    }
    Part before = parts.get(zone.name());
    if (before != null
        && before.zone() == zone
        && before.deeper().equals(deeper)
        && before.down().equals(down)) {
      return before;
    }
    Predicate<ZoneRecord> fixed = record -> !down.contains(record);
    return new Part(zone, deeper, down, new ZoneCompiler(zone, deeper, fixed).compile());
  }

  private static Set<DnsName> deeper(DnsName zone, Set<DnsName> apexes) {
    return apexes.stream()
        .filter(apex -> apex.isIn(zone) && !apex.equals(zone))
        .collect(Collectors.toSet());
  }

  private record Part(
      Zone zone, Set<DnsName> deeper, Set<ZoneRecord> down, Collection<Node> nodes) {}
}
