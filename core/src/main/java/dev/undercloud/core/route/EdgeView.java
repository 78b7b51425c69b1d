package dev.undercloud.core.route;

import dev.undercloud.core.policy.EdgePolicies;

/** What control must know of the edge to drain a replica without a failed request. Any thread. */
public interface EdgeView {
  /**
   * The oldest {@link RoutingTable#version} that any event loop may still route by. Once it has
   * reached the version of a table without some upstream, no new exchange goes there.
   */
  long versionInForce();

  /** The oldest {@link EdgePolicies#version} that any event loop may still follow. */
  long policiesInForce();

  /** Exchanges and tunnels in flight on an upstream, by {@link Upstream#id}. */
  int inFlight(String upstreamId);
}
