package dev.undercloud.core.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

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

  // Before DEFAULT, which they check.
  private static final Pattern HASH_BY =
      Pattern.compile("address|(cookie|header) [!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

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

  public Balance {
    if (!HASH_BY.matcher(hashBy).matches()) {
      throw new IllegalArgumentException("not address, cookie NAME or header NAME: " + hashBy);
    }
    if (sticky.isPresent() && !TOKEN.matcher(sticky.get()).matches()) {
      throw new IllegalArgumentException("not the name of a cookie: " + sticky.get());
    }
    if (slowStart.isNegative() || queueTimeout.isNegative()) {
      throw new IllegalArgumentException("times of balancing are not negative");
    }
    if (inFlight < 1 || queue < 0 || retryPercent < 0 || retryPercent > 100) {
      throw new IllegalArgumentException("a replica takes a request, and percentages end at 100");
    }
  }

  /** The same with another way to choose. */
  public Balance by(Policy other) {
    return new Balance(
        other, hashBy, sticky, slowStart, inFlight, queue, queueTimeout, retryPercent);
  }

  /** The same with other limits of what is in flight and in the queue. */
  public Balance limited(int most, int waiting, Duration patience) {
    return new Balance(policy, hashBy, sticky, slowStart, most, waiting, patience, retryPercent);
  }
}
