package dev.undercloud.runtime.build;

import java.nio.file.Path;
import java.util.Map;

/**
 * A built release: a snapshot of the source with everything installed that it needs. Immutable on
 * disk.
 *
 * @param id hash of source, environment variables and installed environment: the same input has the
 *     same id, and is built once
 * @param source the snapshot, the working directory of replicas
 * @param dataDirectory writable and lasting, the same for all releases of the app
 * @param variables what running in it takes: PATH, VIRTUAL_ENV, …; to be put over the app's
 *     environment
 */
public record Release(String id, Path source, Path dataDirectory, Map<String, String> variables) {
  public Release {
    variables = Map.copyOf(variables);
  }
}
