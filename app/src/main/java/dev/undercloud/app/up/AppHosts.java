package dev.undercloud.app.up;

import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names by which apps are asked for, as DNS needs them.
 *
 * @param able of apps with a replica that can serve
 * @param unable of the others
 */
record AppHosts(Set<String> able, Set<String> unable) {
  AppHosts {
    able = Set.copyOf(able);
    unable = Set.copyOf(unable);
  }

  /** Before anything is routed. */
  static AppHosts before(List<String> hosts) {
    return new AppHosts(Set.of(), Set.copyOf(hosts));
  }

  /** What the rules say about hosts, else the table. */
  static AppHosts of(RoutingTable table, EdgePolicies policies) {
    Set<String> able = new TreeSet<>();
    Set<String> unable = new TreeSet<>();
    Set<String> routed = new LinkedHashSet<>();
    for (AppRoute app : table.here()) {
      routed.add(app.app());
      List<String> own = policies.of(app.app()).hosts();
      (app.upstreams().isEmpty() ? unable : able).addAll(own.isEmpty() ? app.hosts() : own);
    }
    policies
        .apps()
        .forEach((app, policy) -> {
          if (!routed.contains(app)) {
            unable.addAll(policy.hosts());
          }
        });
    return new AppHosts(able, unable);
  }

  /** In one order, whoever is able. */
  List<String> all() {
    Set<String> all = new TreeSet<>(able);
    all.addAll(unable);
    return List.copyOf(all);
  }
}
