package dev.undercloud.core.route;

import dev.undercloud.core.model.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How requests for one app are served.
 *
 * @param app the app's name
 * @param hosts lower-case names without port; the first is the canonical one
 * @param upstreams healthy replicas in service; empty while none is, which is a 503 that says so
 * @param timeouts of the app's web process
 * @param upstreamIdle how long an idle connection to a replica may be kept
 * @param why where {@code upstreams} is empty, the reason in words for the 503 page; else empty
 * @param elsewhere where it is no app of this edge: no host leads to it, only routes of others do
 */
public record AppRoute(
    String app,
    List<String> hosts,
    List<Upstream> upstreams,
    Timeouts timeouts,
    Duration upstreamIdle,
    String why,
    Optional<Elsewhere> elsewhere) {

  /**
   * What there is to know of somebody else's server.
   *
   * @param hosts names that it answers for, {@code *.name} for any one label before it; empty where
   *     it answers for all, or nobody knows
   * @param mark a secret that requests for it carry, so that those which come back, however far
   *     they went, are served and not sent on once more
   */
  public record Elsewhere(List<String> hosts, String mark) {
    public Elsewhere {
      hosts = List.copyOf(hosts);
    }
  }

  public AppRoute {
    hosts = List.copyOf(hosts);
    upstreams = List.copyOf(upstreams);
  }

  /** An app of this edge. */
  public AppRoute(
      String app,
      List<String> hosts,
      List<Upstream> upstreams,
      Timeouts timeouts,
      Duration upstreamIdle,
      String why) {
    this(app, hosts, upstreams, timeouts, upstreamIdle, why, Optional.empty());
  }

  /** Whether it is an app of this edge. */
  public boolean isHere() {
    return elsewhere.isEmpty();
  }
}
