package dev.undercloud.core.policy;

import dev.undercloud.core.model.Timeouts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of one app.
 *
 * @param hosts lower-case names without port, or {@code *.name}, instead of those of the app's
 *     route; empty: those
 * @param timeouts instead of those of the app's route; empty: those
 * @param routes in the order of the file; the first whose conditions all hold decides, and where
 *     none does, {@link RouteOptions#NONE}
 * @param balance how a replica is chosen
 * @param tls what HTTPS is told to do for the app's hosts
 * @param maintenance empty while the app is open
 * @param ingress what stands in front of the edge
 */
public record AppPolicy(
    List<String> hosts,
    Optional<Timeouts> timeouts,
    List<RouteRule> routes,
    Balance balance,
    TlsPolicy tls,
    Optional<Maintenance> maintenance,
    Ingress ingress) {
  public static final AppPolicy NONE =
      new AppPolicy(
          List.of(),
          Optional.empty(),
          List.of(),
          Balance.DEFAULT,
          TlsPolicy.DEFAULT,
          Optional.empty(),
          Ingress.DIRECT);

  public AppPolicy {
    hosts = List.copyOf(hosts);
    routes = List.copyOf(routes);
  }

  /** With nothing in front of the edge. */
  public AppPolicy(
      List<String> hosts,
      Optional<Timeouts> timeouts,
      List<RouteRule> routes,
      Balance balance,
      TlsPolicy tls,
      Optional<Maintenance> maintenance) {
    this(hosts, timeouts, routes, balance, tls, maintenance, Ingress.DIRECT);
  }

  public AppPolicy with(Optional<Maintenance> other) {
    return new AppPolicy(hosts, timeouts, routes, balance, tls, other, ingress);
  }

  /** The same with another balance. */
  public AppPolicy with(Balance other) {
    return new AppPolicy(hosts, timeouts, routes, other, tls, maintenance, ingress);
  }

  /** The same for an app of these hosts and timeouts. */
  public AppPolicy at(List<String> names, Timeouts limits) {
    return new AppPolicy(names, Optional.of(limits), routes, balance, tls, maintenance, ingress);
  }

  /**
   * The same, with files that were found in the app's source served from its releases: a deploy
   * changes them together with the app, and what lies in the user's folder is served by nobody.
   *
   * @param source the user's folder
   * @param releases copies of it that serve now, the newest first; with none the app answers
   */
  public AppPolicy inReleases(Path source, List<Path> releases) {
    List<RouteRule> changed = new ArrayList<>();
    for (RouteRule rule : routes) {
      Files files = rule.options().files().orElse(null);
      if (files == null || !files.orApp() || !files.folder().startsWith(source)) {
        changed.add(rule);
      } else if (!releases.isEmpty()) {
        changed.add(rule.with(rule.options().with(files.in(source, releases))));
      }
    }
    return withRoutes(changed);
  }

  /** Every other that a part of the requests goes to, or copies of them, each once. */
  public Set<Destination> destinations() {
    Set<Destination> all = new LinkedHashSet<>();
    for (RouteRule rule : routes) {
      rule.options().split().ifPresent(split -> all.add(split.to()));
      rule.options().mirror().ifPresent(mirror -> all.add(mirror.to()));
    }
    return all;
  }

  /** Whether any route is answered with files. */
  public boolean servesFiles() {
    return routes.stream().anyMatch(rule -> rule.options().files().isPresent());
  }

  /** The same with other routes. */
  public AppPolicy withRoutes(List<RouteRule> others) {
    return new AppPolicy(hosts, timeouts, others, balance, tls, maintenance, ingress);
  }

  /** The same with more routes behind its own. */
  public AppPolicy followedBy(List<RouteRule> more) {
    List<RouteRule> all = new ArrayList<>(routes);
    all.addAll(more);
    return withRoutes(all);
  }
}
