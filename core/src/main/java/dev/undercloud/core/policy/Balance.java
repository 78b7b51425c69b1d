package dev.undercloud.core.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * How a replica is chosen for a request, and what happens when there are too many requests.
 *
 * @param policy which replica
 * @param hashBy where {@code policy} is HASH: {@code address}, {@code cookie NAME} or {@code header
 *     NAME}
 * @param sticky name of a cookie that keeps a client at its replica; empty: none
 * @param slowStart over which a new replica's share grows to that of the others; zero: at once
 * @param inFlight requests that one replica gets at once; more wait in the queue
 * @param queue requests that may wait for a replica
 * @param queueTimeout how long one may wait: 503 with Retry-After
 * @param retryPercent of requests that may be sent again, over ten seconds
 */
public record Balance(
    Policy policy,
    String hashBy,
    Optional<String> sticky,
    Duration slowStart,
    int inFlight,
    int queue,
    Duration queueTimeout,
    int retryPercent) {
  /** Ways to choose. */
  public enum Policy {
    /** Power of two choices by exponentially weighted latency and requests in flight. */
    LATENCY,
    ROUND_ROBIN,
    LEAST_REQUESTS,
    HASH
  }

  /**
   * A Python replica works on a handful of requests at once and keeps the rest in its backlog,
   * where nobody can take them back: 128 is more than any of them works on. A second in a queue is
   * as long as people wait unasked. A tenth of retries cannot double a load that is the cause of
   * failures.
   */
  public static final Balance DEFAULT =
      new Balance(
          Policy.LATENCY,
          "address",
          Optional.empty(),
          Duration.ZERO,
          128,
          1024,
          Duration.ofSeconds(10),
          10);
}
