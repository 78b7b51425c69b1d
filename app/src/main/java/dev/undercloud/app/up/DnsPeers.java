package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.edge.dns.Notifier;
import dev.undercloud.edge.dns.SecondaryConfig;
import dev.undercloud.edge.dns.TsigKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Other DNS servers that share our zones, or whose zones we share, as {@code dns.json} in the
 * folder of zone files says.
 *
 * @param allow who may have whole zones
 * @param told who is told of changes; they are among {@code allow}
 * @param key what those sign with; empty: nothing
 * @param secondaries zones whose primaries others are
 */
record DnsPeers(
    List<Cidr> allow,
    List<InetSocketAddress> told,
    Optional<TsigKey> key,
    List<SecondaryConfig> secondaries) {
  private static final String FILE = "dns.json";
  private static final int PORT = 53;
  private static final int LAST_PORT = 65_535;

  DnsPeers {
    allow = List.copyOf(allow);
    told = List.copyOf(told);
    secondaries = List.copyOf(secondaries);
    if (told.size() > Notifier.MOST) {
      throw new IllegalArgumentException("notify has more than " + Notifier.MOST);
    }
    for (InetSocketAddress one : told) {
      if (allow.stream().noneMatch(block -> block.contains(one.getAddress()))) {
        throw new IllegalArgumentException(
            "notify has " + one.getAddress().getHostAddress() + ", which allow does not let in");
      }
    }
    if (secondaries.stream().map(SecondaryConfig::zone).distinct().count() < secondaries.size()) {
      throw new IllegalArgumentException("secondaries has a zone twice");
    }
  }

  /**
   * What the file says; nobody where there is none.
   *
   * @throws CloudException where it cannot be read or says something else
   */
  static DnsPeers in(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return new DnsPeers(List.of(), List.of(), Optional.empty(), List.of());
    }
    try {
      return of(Json.parse(Files.readString(file)), folder);
    } catch (IOException | IllegalArgumentException wrong) {
      throw CloudException.user(
          "dns-peers",
          "cannot use " + file,
          String.valueOf(wrong.getMessage()),
          "For example: {\"allow\": [\"192.0.2.53\"], \"notify\": [\"192.0.2.53:53\"],"
              + " \"secondaries\": [{\"zone\": \"shop.test\", \"primary\": \"192.0.2.1:53\"}]}");
    }
  }

  private static DnsPeers of(JsonNode json, Path folder) {
    only(json, Set.of("allow", "notify", "key", "secondaries"));
    List<Cidr> allow = new ArrayList<>();
    list(json, "allow").forEach(one -> allow.add(Cidr.parse(one.asText())));
    List<InetSocketAddress> told = new ArrayList<>();
    list(json, "notify").forEach(one -> told.add(address(one.asText())));
    List<SecondaryConfig> secondaries = new ArrayList<>();
    for (JsonNode one : list(json, "secondaries")) {
      only(one, Set.of("zone", "primary", "key"));
      SecondaryConfig config =
          SecondaryConfig.of(
                  DnsName.of(one.path("zone").asText()), address(one.path("primary").asText()))
              .in(folder);
      secondaries.add(key(one, folder).map(config::with).orElse(config));
    }
    return new DnsPeers(allow, told, key(json, folder), secondaries);
  }

  /** In a file of its own, so that this one can be shown to anybody. */
  private static Optional<TsigKey> key(JsonNode json, Path folder) {
    String name = json.path("key").asText("");
    return name.isEmpty() ? Optional.empty() : Optional.of(TsigKey.read(folder.resolve(name)));
  }

  private static JsonNode list(JsonNode json, String name) {
    JsonNode list = json.path(name);
    if (!list.isMissingNode() && !list.isArray()) {
      throw new IllegalArgumentException(name + " is a list");
    }
    return list;
  }

  private static void only(JsonNode json, Set<String> known) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("there should be an object: " + json);
    }
    for (var field : json.properties()) {
      if (!known.contains(field.getKey())) {
        throw new IllegalArgumentException("it has an unknown \"" + field.getKey() + "\"");
      }
    }
  }

  /** {@code 192.0.2.1}, {@code 192.0.2.1:5353}, {@code [2001:db8::1]:53}; no name is looked up. */
  static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    boolean port = text.startsWith("[") ? text.indexOf("]:") > 0 : text.indexOf(':') == colon;
    String host = port && colon > 0 ? text.substring(0, colon) : text;
    String digits = port && colon > 0 ? text.substring(colon + 1) : "" + PORT;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    InetAddress address = Cidr.address(host);
    int number = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
    if (address == null || number == 0 || number > LAST_PORT) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an address with a port, like 192.0.2.1:53 or [2001:db8::1]:53");
    }
    return new InetSocketAddress(address, number);
  }
}
