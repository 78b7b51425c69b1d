package dev.undercloud.control.plan;

import java.time.Duration;

/**
 * What is wanted of one process type.
 *
 * @param count replicas
 * @param routed whether the edge sends requests to it
 * @param grace how long a new replica may take until it is healthy
 */
public record Want(int count, boolean routed, Duration grace) {
  public Want {
    if (count < 0) {
      throw new IllegalArgumentException("a negative count: " + count);
    }
  }

  public Want withCount(int wanted) {
    return new Want(wanted, routed, grace);
  }
}
