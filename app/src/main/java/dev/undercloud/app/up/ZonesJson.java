package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.Zones;
import dev.undercloud.edge.dns.DevZone;
import dev.undercloud.edge.dns.SecondaryState;
import dev.undercloud.edge.net.Ports;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the DNS server answers for, as JSON and in words. */
final class ZonesJson {
  private enum Kind {
    /** The apps' names under {@code localhost}. */
    DEV,
    /** A zone file of this machine. */
    PRIMARY,
    /** Kept from another primary. */
    SECONDARY
  }

  private ZonesJson() {}

  /** {@code {"address","addresses":[…],"transfer":[…],"zones":[…]}}. */
  static ObjectNode of(Dns dns) {
    ObjectNode json = Json.object().put("address", dns.address());
    ArrayNode addresses = json.putArray("addresses");
    dns.addresses().forEach(address -> addresses.add(Ports.text(address)));
    ArrayNode zones = json.putArray("zones");
    Zones served = dns.zones().zones().get();
    Map<DnsName, SecondaryState> secondaries = dns.secondaries();
    for (Zone zone : served.zones()) {
      ObjectNode one = zones.addObject().put("zone", zone.name().toString());
      Kind kind = kind(zone.name(), secondaries);
      one.put("kind", kind.name().toLowerCase(java.util.Locale.ROOT)).put("state", "served");
      one.put("serial", zone.soa().serial()).put("records", zone.records().size() + 1);
      if (kind == Kind.PRIMARY) {
        one.put("follows_apps", dns.zones().follows(zone.name()));
      }
      more(one, dns, secondaries.get(zone.name()));
    }
    for (DnsName failing : served.failing()) {
      ObjectNode one = zones.addObject().put("zone", failing.toString());
      one.put("kind", "secondary").put("state", "failing");
      more(one, dns, secondaries.get(failing));
    }
    return json;
  }

  private static void more(ObjectNode one, Dns dns, @Nullable SecondaryState secondary) {
    ArrayNode transfer = one.putArray("transfer");
    dns.transfer().forEach(transfer::add);
    if (secondary != null) {
      one.put("primary", Ports.text(secondary.primary()));
      one.put("transferred", time(secondary.transferred()));
      one.put("confirmed", time(secondary.confirmed()));
      one.put("problem", secondary.problem());
    }
  }

  private static @Nullable String time(Optional<Instant> at) {
    return at.map(t -> t.truncatedTo(ChronoUnit.SECONDS).toString()).orElse(null);
  }

  private static Kind kind(DnsName zone, Map<DnsName, SecondaryState> secondaries) {
    return zone.equals(DevZone.NAME)
        ? Kind.DEV
        : secondaries.containsKey(zone) ? Kind.SECONDARY : Kind.PRIMARY;
  }

  /** A line a zone, then where they are answered for and who may have them. */
  static String text(Dns dns) {
    List<String> lines = new ArrayList<>();
    Zones served = dns.zones().zones().get();
    Map<DnsName, SecondaryState> secondaries = dns.secondaries();
    for (Zone zone : served.zones()) {
      String what =
          switch (kind(zone.name(), secondaries)) {
            case DEV -> "hosts of the apps on this machine";
            case PRIMARY ->
                "serial "
                    + zone.soa().serial()
                    + (dns.zones().follows(zone.name()) ? ", follows the apps" : "");
            case SECONDARY -> "serial " + zone.soa().serial() + from(secondaries.get(zone.name()));
          };
      lines.add(zone.name() + "  " + what);
    }
    served
        .failing()
        .forEach(zone -> lines.add(zone + "  not there yet" + from(secondaries.get(zone))));
    List<String> transfer = dns.transfer();
    lines.add(
        "answered at " + String.join(", ", dns.addresses().stream().map(Ports::text).toList()));
    lines.add(
        transfer.isEmpty()
            ? "whole zones go to nobody; [dns] transfer names who may have them"
            : "whole zones go to " + String.join(", ", transfer));
    return String.join("\n", lines);
  }

  private static String from(@Nullable SecondaryState secondary) {
    if (secondary == null) {
      return "";
    }
    String problem = secondary.problem();
    return " of another primary, "
        + Ports.text(secondary.primary())
        + (problem.isEmpty() ? "" : ", which cannot be looked at: " + problem);
  }
}
