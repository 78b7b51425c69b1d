package dev.undercloud.core.route;

import dev.undercloud.core.model.Timeouts;
import java.time.Duration;
import java.util.List;

/**
 * How requests for one app are served.
 *
 * @param app the app's name
 * @param hosts lower-case names without port; the first is the canonical one
 * @param upstreams healthy replicas in service; empty while none is, which is a 503 that says so
 * @param timeouts of the app's web process
 * @param upstreamIdle how long an idle connection to a replica may be kept
 * @param why where {@code upstreams} is empty, the reason in words for the 503 page; else empty
 */
public record AppRoute(
    String app,
    List<String> hosts,
    List<Upstream> upstreams,
    Timeouts timeouts,
    Duration upstreamIdle,
    String why) {
  public AppRoute {
    hosts = List.copyOf(hosts);
    upstreams = List.copyOf(upstreams);
  }
}
