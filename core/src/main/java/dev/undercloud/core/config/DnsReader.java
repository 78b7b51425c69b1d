package dev.undercloud.core.config;

import dev.undercloud.core.policy.DnsPolicy;
import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.unit.Endpoint;
import dev.undercloud.core.zone.DnsName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code [dns]}: where names are answered for, which, and who else has to do with it. */
final class DnsReader {
  private static final DnsName LOCALHOST = DnsName.of("localhost");

  private final OwnConfig own;
  private final Settings settings;
  private final List<String> warnings;
  private final Errors errors;
  private final RuleFiles files;

  DnsReader(Project project, Settings settings, List<String> warnings, Errors errors) {
    own = project.own();
    this.settings = settings;
    this.warnings = warnings;
    this.errors = errors;
    files = new RuleFiles(project.directory(), errors);
  }

  DnsPolicy read() {
    List<InetSocketAddress> listen =
        list("dns.listen", "loopback, first free port from 5300", this::endpoint);
    List<DnsName> zones = list("dns.zones", null, DnsName::of);
    List<InetAddress> addresses = list("dns.addresses", null, DnsReader::address);
    List<DnsName> servers = list("dns.servers", null, DnsName::of);
    List<String> transfer = list("dns.transfer", "nobody", text -> text);
    List<InetSocketAddress> notify = list("dns.notify", null, this::endpoint);
    List<DnsPolicy.Primary> secondaries = secondaries();
    Optional<Path> key = file("dns.transfer_key");
    int before = errors.list().size();
    checkPorts(listen);
    checkZones(zones, secondaries);
    checkNotified(notify, transfer);
    if (errors.list().size() > before) {
      return DnsPolicy.NONE;
    }
    if (!zones.isEmpty() && addresses.isEmpty()) {
      warnings.add(
          "[dns] zones answers with the addresses at which the edge listens, and those are this"
              + " machine's own loopback: others cannot reach them. Name the addresses by which"
              + " they come: addresses = [\"203.0.113.7\"]");
    }
    return new DnsPolicy(listen, zones, addresses, servers, transfer, key, notify, secondaries);
  }

  private <T> List<T> list(String key, @Nullable String otherwise, Function<String, T> read) {
    Sourced<List<String>> said = own.list(key);
    if (said == null) {
      if (otherwise != null) {
        settings.add(key, Sourced.byDefault(otherwise));
      }
      return List.of();
    }
    settings.add(key, said);
    return said.value().stream().map(read).distinct().toList();
  }

  private InetSocketAddress endpoint(String text) {
    return Endpoint.parse(text, DnsSchema.PORT);
  }

  private static InetAddress address(String text) {
    return Objects.requireNonNull(Cidr.address(text));
  }

  private Optional<Path> file(String key) {
    Sourced<String> named = own.get(key, String.class);
    if (named == null) {
      return Optional.empty();
    }
    settings.add(key, named);
    return files.file(named, key);
  }

  private List<DnsPolicy.Primary> secondaries() {
    Sourced<Integer> count = own.get("dns.secondary", Integer.class);
    List<DnsPolicy.Primary> all = new ArrayList<>();
    for (int i = 0; count != null && i < count.value(); i++) {
      String table = "dns.secondary[" + i + "]";
      Sourced<String> zone = own.get(table + ".zone", String.class);
      Sourced<String> primary = own.get(table + ".primary", String.class);
      Optional<Path> key = file(table + ".key");
      if (zone != null && primary != null) {
        settings.add(table + ".zone", zone);
        settings.add(table + ".primary", primary);
        all.add(new DnsPolicy.Primary(DnsName.of(zone.value()), endpoint(primary.value()), key));
      }
    }
    return all;
  }

  private void checkPorts(List<InetSocketAddress> listen) {
    if (listen.stream().map(InetSocketAddress::getPort).distinct().count() > 1) {
      wrong("dns.listen", "has different ports; DNS is answered at one port of each address");
    }
  }

  private void checkZones(List<DnsName> zones, List<DnsPolicy.Primary> secondaries) {
    Set<DnsName> seen = new HashSet<>(zones);
    if (seen.contains(LOCALHOST)) {
      wrong("dns.zones", "localhost follows the apps by itself");
    }
    seen.add(LOCALHOST);
    for (int i = 0; i < secondaries.size(); i++) {
      DnsName zone = secondaries.get(i).zone();
      if (!seen.add(zone)) {
        wrong(
            "dns.secondary[" + i + "].zone",
            zone + " has an authority here already; a zone is served once");
      }
    }
  }

  private void checkNotified(List<InetSocketAddress> notify, List<String> transfer) {
    List<Cidr> allowed = transfer.stream().map(Cidr::parse).toList();
    for (InetSocketAddress one : notify) {
      if (allowed.stream().noneMatch(block -> block.contains(one.getAddress()))) {
        String address = one.getAddress().getHostAddress();
        wrong("dns.notify", address + " could not fetch the zone; add it to dns.transfer, too");
      }
    }
    if (notify.size() > DnsPolicy.MOST_NOTIFIED) {
      wrong("dns.notify", "has more than " + DnsPolicy.MOST_NOTIFIED);
    }
  }

  private void wrong(String key, String reason) {
    Sourced<?> said = own.any(key);
    if (said != null) {
      errors.at(said, key, reason);
    }
  }
}
