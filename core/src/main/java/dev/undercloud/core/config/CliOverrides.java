package dev.undercloud.core.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was said on the command line: over everything that files say.
 *
 * @param name the app's name, or null
 * @param replicas by process name
 * @param environment by variable name
 */
public record CliOverrides(
    @Nullable String name, Map<String, Integer> replicas, Map<String, String> environment) {
  public static final CliOverrides NONE = new CliOverrides(null, Map.of(), Map.of());

  public CliOverrides {
    replicas = Map.copyOf(replicas);
    environment = Map.copyOf(environment);
  }
}
