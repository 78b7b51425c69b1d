package dev.undercloud.core.policy;

import java.util.List;
import java.util.Optional;

/**
 * The rules of one app.
 *
 * @param routes in the order of the file; the first whose conditions all hold decides, and where
 *     none does, {@link RouteOptions#NONE}
 * @param balance how a replica is chosen
 * @param tls what HTTPS is told to do for the app's hosts
 * @param maintenance empty while the app is open
 * @param ingress what stands in front of the edge
 */
public record AppPolicy(
    List<RouteRule> routes,
    Balance balance,
    TlsPolicy tls,
    Optional<Maintenance> maintenance,
    Ingress ingress) {
  public static final AppPolicy NONE =
      new AppPolicy(List.of(), Balance.DEFAULT, TlsPolicy.DEFAULT, Optional.empty());

  public AppPolicy {
    routes = List.copyOf(routes);
  }

  /** With nothing in front of the edge. */
  public AppPolicy(
      List<RouteRule> routes, Balance balance, TlsPolicy tls, Optional<Maintenance> maintenance) {
    this(routes, balance, tls, maintenance, Ingress.DIRECT);
  }

  public AppPolicy with(Optional<Maintenance> other) {
    return new AppPolicy(routes, balance, tls, other, ingress);
  }
}
