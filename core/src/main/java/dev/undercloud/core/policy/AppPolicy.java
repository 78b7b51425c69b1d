package dev.undercloud.core.policy;

import dev.undercloud.core.model.Timeouts;
import java.util.List;
import java.util.Optional;

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

  /** The same for an app of these hosts and timeouts. */
  public AppPolicy at(List<String> names, Timeouts limits) {
    return new AppPolicy(names, Optional.of(limits), routes, balance, tls, maintenance, ingress);
  }
}
