package dev.undercloud.control;

import dev.undercloud.control.plan.Pace;
import java.nio.file.Path;

/**
 * Of one controller.
 *
 * @param key the app's key in the state folder, which marks its replicas
 * @param state the app's folder in the state folder; holds {@code control.db}
 * @param pace how patient it is
 */
public record Config(String key, Path state, Pace pace) {
  public static Config of(String key, Path state) {
    return new Config(key, state, Pace.DEFAULT);
  }
}
