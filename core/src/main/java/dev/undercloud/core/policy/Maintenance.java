package dev.undercloud.core.policy;

import dev.undercloud.core.unit.Cidr;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An app is closed for a while: 503 with Retry-After.
 *
 * @param exceptPaths patterns as {@link RouteRule#path} that stay open
 * @param exceptAddresses CIDR blocks that get in
 * @param page HTML of the user's own; empty: ours
 * @param retryAfter told to clients
 */
public record Maintenance(
    List<String> exceptPaths,
    List<String> exceptAddresses,
    Optional<Path> page,
    Duration retryAfter) {
  /** Unless said: clients that obey come back soon, and are few. */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(60);

  public Maintenance {
    exceptPaths = List.copyOf(exceptPaths);
    exceptAddresses = List.copyOf(exceptAddresses);
    exceptAddresses.forEach(Cidr::parse);
    for (String path : exceptPaths) {
      if (!RouteRule.isPattern(path)) {
        throw new IllegalArgumentException(
            "\"" + path + "\" is not a path; write /quizzes or /quizzes*");
      }
    }
  }
}
