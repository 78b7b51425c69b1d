package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.local.Caller;
import dev.undercloud.app.local.Verb;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.edge.dns.ZoneStore;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the command line can ask of the DNS server's zones. */
final class DnsVerbs {
  private final Dns dns;
  private final ZoneStore zones;

  DnsVerbs(Dns dns) {
    this.dns = dns;
    zones = dns.zones();
  }

  Map<String, Verb> all() {
    return Map.of(
        "dns-zones", this::names,
        "dns-create", this::create,
        "dns-delete", this::delete,
        "dns-list", this::list,
        "dns-add", this::add,
        "dns-remove", this::remove,
        "dns-refresh", this::refresh);
  }

  /** Another of us that is up has edited the folder that we share. */
  private JsonNode refresh(JsonNode arguments, Caller caller) {
    dns.refresh();
    return message("");
  }

  private JsonNode names(JsonNode arguments, Caller caller) {
    return ZonesJson.of(dns).put("message", ZonesJson.text(dns));
  }

  private JsonNode create(JsonNode arguments, Caller caller) {
    String zone = text(arguments, "zone");
    zones.create(zone, text(arguments, "server"), text(arguments, "mailbox"));
    return message("the zone " + zone + " is served");
  }

  private JsonNode delete(JsonNode arguments, Caller caller) {
    String zone = text(arguments, "zone");
    kept(zone);
    zones.delete(zone);
    return message("the zone " + zone + " is gone");
  }

  /** A zone that the files ask for would come back. */
  private void kept(String zone) {
    if (zones.names().contains(zone + (zone.endsWith(".") ? "" : "."))
        && dns.isFollowing(DnsName.of(zone))) {
      throw CloudException.user(
          "dns-zone-configured",
          "The zone " + zone + " stays",
          "[dns] zones names it",
          "Take it out there and reload, then delete it.");
    }
  }

  private JsonNode list(JsonNode arguments, Caller caller) {
    List<String> lines = zones.list(text(arguments, "zone"));
    ObjectNode json = Json.object();
    ArrayNode records = json.putArray("records");
    lines.forEach(records::add);
    return json.put("message", String.join("\n", lines));
  }

  private JsonNode add(JsonNode arguments, Caller caller) {
    ZoneRecord added =
        zones.add(
            text(arguments, "name"),
            text(arguments, "type"),
            arguments.path("ttl").asInt(ZoneStore.USUAL_TTL),
            text(arguments, "data"));
    return message("added  " + ZoneStore.text(added));
  }

  private JsonNode remove(JsonNode arguments, Caller caller) {
    @Nullable String data = arguments.path("data").textValue();
    int count = zones.remove(text(arguments, "name"), text(arguments, "type"), data).size();
    return Json.object()
        .put("removed", count)
        .put("message", count == 1 ? "1 record was removed" : count + " records were removed");
  }

  private static String text(JsonNode arguments, String name) {
    return arguments.path(name).asText();
  }

  private static ObjectNode message(String text) {
    return Json.object().put("message", text);
  }
}
