package dev.undercloud.core.model;

import java.time.Duration;

/**
 * How long the edge waits, per app.
 *
 * @param connect for a connection to a replica
 * @param response for the first byte of a response after the request was sent
 * @param request for a whole exchange, request head to last response byte; tunnels and event
 *     streams that keep moving are exempt
 * @param idle of a client's keep-alive connection between two requests
 * @param drain for exchanges in flight when a replica is taken out
 */
public record Timeouts(
    Duration connect, Duration response, Duration request, Duration idle, Duration drain) {
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(65),
          Duration.ofSeconds(30));

  public Timeouts {
    Require.positive("connect", connect);
    Require.positive("response", response);
    Require.positive("request", request);
    Require.positive("idle", idle);
    Require.positive("drain", drain);
  }
}
