package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Rdata;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How zones follow the apps: each of their hosts in one of these leads to this machine, and so does
 * the zone's own name server where nobody has said otherwise.
 *
 * @param zones that follow
 * @param hosts addresses of this machine, at which the apps are served
 * @param servers addresses of this machine, at which DNS is answered
 */
public record AppZones(Set<DnsName> zones, List<InetAddress> hosts, List<InetAddress> servers) {
  /** Seconds: what an address that left its answer may still be asked for. */
  public static final int TTL = 30;

  public AppZones {
    zones = Set.copyOf(zones);
    hosts = List.copyOf(hosts);
    servers = List.copyOf(servers);
  }

  /**
   * The records of zones, beside those in their files.
   *
   * @param names of the apps' hosts; what is in no such zone, or no name, does not concern it
   * @param files the zones as their files have them
   */
  public List<ZoneRecord> records(Collection<String> names, Collection<Zone> files) {
    Set<ZoneRecord> records = new LinkedHashSet<>();
    for (DnsName host : names(names)) {
      if (zones.stream().anyMatch(host::isIn)) {
        hosts.forEach(address -> records.add(record(host, address)));
      }
    }
    for (Zone zone : files) {
      DnsName server = zone.soa().primary();
      if (zones.contains(zone.name()) && server.isIn(zone.name()) && !hasAddress(zone, server)) {
        servers.forEach(address -> records.add(record(server, address)));
      }
    }
    return new ArrayList<>(records);
  }

  /**
   * Whether what a record leads to can serve: not, where it is an address of this machine at the
   * name of an app that cannot, whoever wrote it there.
   *
   * @param able hosts of apps that can serve
   * @param unable hosts of those that cannot; of a name in both, the first is true
   */
  public Predicate<ZoneRecord> health(Collection<String> able, Collection<String> unable) {
    Set<DnsName> up = names(able);
    Set<DnsName> down = names(unable);
    down.removeAll(up);
    if (down.isEmpty()) {
      return record -> true;
    }
    Set<Rdata> own = hosts.stream().map(Rdata::address).collect(Collectors.toSet());
    return record ->
        !isAddress(record)
            || !own.contains(record.data())
            || !covers(down, record.name())
            || covers(up, record.name());
  }

  /** As the edge does: by its name, or one label of it by an asterisk. */
  private static boolean covers(Set<DnsName> hosts, DnsName name) {
    if (hosts.contains(name)) {
      return true;
    }
    for (DnsName host : hosts) {
      if (host.isWildcard() && host.parent().equals(name.parent())) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasAddress(Zone zone, DnsName name) {
    return zone.records().stream().anyMatch(r -> isAddress(r) && r.name().equals(name));
  }

  private static boolean isAddress(ZoneRecord record) {
    return record.type() == RecordType.A || record.type() == RecordType.AAAA;
  }

  private static ZoneRecord record(DnsName name, InetAddress address) {
    int type = address instanceof Inet4Address ? RecordType.A : RecordType.AAAA;
    return new ZoneRecord(name, type, TTL, Rdata.address(address));
  }

  private static Set<DnsName> names(Collection<String> hosts) {
    Set<DnsName> names = new HashSet<>();
    for (String host : hosts) {
      try {
        names.add(DnsName.of(host));
      } catch (IllegalArgumentException noName) {
        // An address, or the host of a route that DNS cannot have.
        continue;
      }
    }
    return names;
  }
}
