package dev.undercloud.app.up;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.watch.Watch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Has files that were found in an app's source served from the releases that are in service, so
 * that pages and their files are of one deploy: while two releases serve, the files of both are
 * there, the newer one's first. Runs on whichever thread publishes rules or routes; made before the
 * edge, it hears of a release before the edge sends anybody there.
 */
final class ReleaseFiles {
  private final String app;
  private final Path source;
  private final Function<String, Path> releases;
  private final Watch<EdgePolicies> inForce = new Watch<>(EdgePolicies.NONE);

  /** Releases in service by when they came: the greater the number the newer. */
  private final Map<String, Integer> arrivals = new HashMap<>();

  private EdgePolicies wanted = EdgePolicies.NONE;
  private List<Path> serving = List.of();
  private int arrived;

  /**
   * @param source the user's folder
   * @param releases where a release's copy of it is
   * @param rules as the app's files have them
   */
  ReleaseFiles(
      String app,
      Path source,
      Function<String, Path> releases,
      Watch<EdgePolicies> rules,
      Watch<RoutingTable> routes) {
    this.app = app;
    this.source = source;
    this.releases = releases;
    // For as long as both watches live.
    var unused = List.of(rules.follow(this::rules), routes.follow(this::routes));
  }

  /** What the edge is to follow; versions are those of the rules. */
  Watch<EdgePolicies> inForce() {
    return inForce;
  }

  private synchronized void rules(EdgePolicies next) {
    wanted = next;
    publish();
  }

  private synchronized void routes(RoutingTable table) {
    Set<String> now = new LinkedHashSet<>();
    for (AppRoute route : table.apps()) {
      if (route.app().equals(app)) {
        route.upstreams().stream().map(Upstream::release).forEach(now::add);
      }
    }
    if (now.isEmpty()) {
      return; // With no replica in service the last files stay: they need none.
    }
    arrivals.keySet().retainAll(now);
    now.forEach(release -> arrivals.computeIfAbsent(release, first -> ++arrived));
    List<String> newestFirst = new ArrayList<>(now);
    newestFirst.sort(Comparator.comparing(release -> -arrivals.getOrDefault(release, 0)));
    List<Path> next = newestFirst.stream().map(releases).toList();
    if (!next.equals(serving)) {
      serving = next;
      publish();
    }
  }

  private void publish() {
    Map<String, AppPolicy> apps = new HashMap<>(wanted.apps());
    apps.computeIfPresent(app, (name, policy) -> policy.inReleases(source, serving));
    inForce.publish(new EdgePolicies(wanted.version(), apps));
  }
}
