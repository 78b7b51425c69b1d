package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Rdata;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Soa;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The zone {@code localhost} of a developer's machine (RFC 6761, 6.3): every app's name under it is
 * this machine, any other is not there.
 */
public final class DevZone {
  public static final DnsName NAME = DnsName.of("localhost");

  /** Seconds: apps come and go. */
  private static final int TTL = 5;

  /** Nobody transfers it, but an SOA has them. */
  private static final int REFRESH = 3_600;

  private static final int RETRY = 600;
  private static final int EXPIRE = 86_400;

  private DevZone() {}

  /**
   * The zone with an A and an AAAA record for each of {@code hosts} under {@code localhost};
   * others, and what is no name, do not concern it. A host that begins with {@code *.} matches
   * every name below.
   */
  public static Zone of(Collection<String> hosts) {
    Set<DnsName> names = new LinkedHashSet<>(List.of(NAME));
    for (String host : hosts) {
      try {
        DnsName name = DnsName.of(host);
        if (name.isIn(NAME)) {
          names.add(name);
        }
      } catch (IllegalArgumentException noName) {
        // An address, or the host of a route that DNS cannot have.
        continue;
      }
    }
    List<ZoneRecord> records = new ArrayList<>();
    records.add(new ZoneRecord(NAME, RecordType.NS, TTL, Rdata.name(NAME)));
    Rdata ipv4 = loopback(new byte[] {127, 0, 0, 1});
    Rdata ipv6 = loopback(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    for (DnsName name : names) {
      records.add(new ZoneRecord(name, RecordType.A, TTL, ipv4));
      records.add(new ZoneRecord(name, RecordType.AAAA, TTL, ipv6));
    }
    DnsName nobody = DnsName.of("nobody.invalid");
    return new Zone(NAME, new Soa(NAME, nobody, 1, REFRESH, RETRY, EXPIRE, TTL, TTL), records);
  }

  private static Rdata loopback(byte[] address) {
    try {
      return Rdata.address(InetAddress.getByAddress(address));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
