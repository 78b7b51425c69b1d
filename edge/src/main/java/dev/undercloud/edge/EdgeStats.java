package dev.undercloud.edge;

import java.util.Map;

/**
 * The edge at this moment.
 *
 * @param connections client connections open
 * @param requests exchanges and tunnels in flight
 * @param inFlight of these on each replica, by upstream id
 * @param waiting for room at a replica, by app
 * @param telemetryDropped exchanges that no telemetry reader took in time, since the start
 */
public record EdgeStats(
    int connections,
    int requests,
    Map<String, Integer> inFlight,
    Map<String, Integer> waiting,
    long telemetryDropped) {
  public EdgeStats {
    inFlight = Map.copyOf(inFlight);
    waiting = Map.copyOf(waiting);
  }
}
