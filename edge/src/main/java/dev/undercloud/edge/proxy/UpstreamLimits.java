package dev.undercloud.edge.proxy;

import dev.undercloud.edge.balance.Replica.Ejection;
import java.time.Duration;

/**
 * What the edge asks of replicas.
 *
 * @param connections to one replica from one event loop; further requests wait
 * @param waiting requests of one event loop that wait for a replica; further ones are 503 at once
 * @param attempts how often one request may be sent, the first time included
 * @param reuseForWrites a request that must not be sent twice takes a kept-alive connection only
 *     when it was idle for less than this, so that the app's own keep-alive timeout never eats a
 *     POST
 * @param ejection when a replica that fails is passed over for a while
 */
public record UpstreamLimits(
    int connections, int waiting, int attempts, Duration reuseForWrites, Ejection ejection) {
  /**
   * 512 connections are more than a Python process can serve at once; 1,024 waiting requests hold
   * about 4 MB of heads; three attempts reach every replica of a small app; servers close idle
   * connections after 1 s or more (gunicorn 2 s, uvicorn 5 s), so half a second is safe; three
   * failures in a row are no accident, and a replica that is out for 1 s to 30 s costs one failed
   * probe each time.
   */
  public static final UpstreamLimits DEFAULT =
      new UpstreamLimits(
          512,
          1_024,
          3,
          Duration.ofMillis(500),
          new Ejection(3, Duration.ofSeconds(1), Duration.ofSeconds(30)));

  public UpstreamLimits {
    if (connections < 1 || waiting < 0 || attempts < 1) {
      throw new IllegalArgumentException("connections and attempts must be positive");
    }
  }
}
