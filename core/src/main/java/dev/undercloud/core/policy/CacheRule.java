package dev.undercloud.core.policy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How responses of a route may be stored (RFC 9111).
 *
 * @param ttl how long a response without freshness of its own is fresh; empty: only responses that
 *     say so themselves are stored
 * @param negative freshness by status, for answers such as 404
 * @param staleWhileRevalidate for responses that say nothing of it (RFC 5861)
 * @param staleIfError the same
 * @param ignoredParameters of the query, which do not distinguish responses: {@code utm_*}
 */
public record CacheRule(
    Optional<Duration> ttl,
    Map<Integer, Duration> negative,
    Optional<Duration> staleWhileRevalidate,
    Optional<Duration> staleIfError,
    List<String> ignoredParameters) {
  /** What the app's own Cache-Control allows, and nothing else. */
  public static final CacheRule BY_THE_APP =
      new CacheRule(Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), List.of());

  public CacheRule {
    negative = Map.copyOf(negative);
    ignoredParameters = List.copyOf(ignoredParameters);
  }
}
