package dev.undercloud.edge.tls;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names to hosts, for one table and its rules. Immutable but for what the hosts hold. */
final class Hosts {
  /** Who asks for no name comes by one of these. */
  static final List<String> HERE = List.of("localhost", "127.0.0.1", "::1");

  private final Map<String, Host> byName;
  final Host fallback;

  private Hosts(Map<String, Host> byName, Host fallback) {
    this.byName = byName;
    this.fallback = fallback;
  }

  /** Before there is a table. */
  static Hosts none() {
    return new Hosts(Map.of(), new Host(wishOfNobody()));
  }

  /** The hosts of {@code table}; those of {@code before} that are still wanted stay. */
  static Hosts of(RoutingTable table, EdgePolicies policies, Hosts before) {
    Map<Host.Wish, Host> kept = new HashMap<>();
    before.all().forEach(host -> kept.put(host.wish, host));
    Map<String, Host> byName = new LinkedHashMap<>();
    for (AppRoute app : table.here()) {
      AppPolicy rules = policies.of(app.app());
      TlsPolicy policy = rules.tls();
      Binding binding = new Binding(app.app(), policy.clientCa());
      for (String host : rules.hosts().isEmpty() ? app.hosts() : rules.hosts()) {
        Host.Wish wish = wish(host, binding, policy);
        byName.putIfAbsent(host, kept.computeIfAbsent(wish, Host::new));
      }
    }
    Host.Wish last = wishOfAnybody(table, policies);
    return new Hosts(byName, kept.computeIfAbsent(last, Host::new));
  }

  private static Host.Wish wish(String host, Binding binding, TlsPolicy policy) {
    Optional<Host.Files> files =
        policy.certificate().flatMap(c -> policy.key().map(k -> new Host.Files(c, k)));
    Optional<TlsPolicy.Acme> acme = policy.acme().filter(a -> a.names().contains(host));
    // One's own certificate is for all of the app's names: one context for them.
    return new Host.Wish(files.isPresent() ? List.of() : List.of(host), binding, files, acme);
  }

  /** Without a name, the only app there is meant; of several, none whose clients must be known. */
  private static Host.Wish wishOfAnybody(RoutingTable table, EdgePolicies policies) {
    List<AppRoute> here = table.here();
    if (here.size() != 1) {
      return wishOfNobody();
    }
    String app = here.getFirst().app();
    Binding binding = new Binding(app, policies.of(app).tls().clientCa());
    return new Host.Wish(HERE, binding, Optional.empty(), Optional.empty());
  }

  private static Host.Wish wishOfNobody() {
    return new Host.Wish(HERE, Binding.OF_NOBODY, Optional.empty(), Optional.empty());
  }

  /** The host of {@code name}: exact, by a wildcard for its first label, else the fallback. */
  Host find(@Nullable String name) {
    if (name == null) {
      return fallback;
    }
    Host exact = byName.get(name);
    if (exact != null) {
      return exact;
    }
    int dot = name.indexOf('.');
    Host wildcard = dot <= 0 ? null : byName.get("*" + name.substring(dot));
    return wildcard == null ? fallback : wildcard;
  }

  /** Every certificate, with the names that it is served for. */
  List<Served> served() {
    Map<Host, List<String>> names = new LinkedHashMap<>();
    byName.forEach((name, host) -> names.computeIfAbsent(host, h -> new ArrayList<>()).add(name));
    return names.entrySet().stream().map(e -> e.getKey().served(e.getValue())).toList();
  }

  /** Every host once. */
  Collection<Host> all() {
    Set<Host> all = new HashSet<>(byName.values());
    all.add(fallback);
    return all;
  }
}
