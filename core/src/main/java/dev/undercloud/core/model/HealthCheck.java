package dev.undercloud.core.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a web process is asked whether it serves.
 *
 * @param path what is requested with the app's own Host header; null means {@code /}, where 2xx,
 *     3xx, 401 and 404 count as alive; with a path only 2xx and 3xx do
 * @param interval between two checks of a replica
 * @param timeout for one check
 * @param grace how long a new replica may take until its first success
 */
public record HealthCheck(
    @Nullable String path, Duration interval, Duration timeout, Duration grace) {
  public static final HealthCheck DEFAULT =
      new HealthCheck(null, Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(30));

  public HealthCheck {
    if (path != null && !path.startsWith("/")) {
      throw new IllegalArgumentException("a health path starts with a slash: " + path);
    }
    Require.positive("interval", interval);
    Require.positive("timeout", timeout);
    Require.positive("grace", grace);
  }
}
