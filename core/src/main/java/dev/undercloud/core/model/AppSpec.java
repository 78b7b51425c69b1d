package dev.undercloud.core.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is wanted of one app, merged from all the files that speak of it. Immutable.
 *
 * @param name lower-case letters, digits, dashes, at most 40 characters: it becomes a host name
 * @param directory the user's project, absolute
 * @param isolation how replicas are separated from the host
 * @param environment for every process, without what we inject; values may be secret, never log
 *     them
 * @param processes by name, at least one; {@code web} may be missing in an app of workers only
 * @param release runs once per release before it gets traffic; null for none
 * @param build what has to be installed
 * @param hosts lower-case host names without port that route to {@code web}; at least {@code
 *     <name>.localhost}
 */
public record AppSpec(
    String name,
    Path directory,
    Isolation isolation,
    Map<String, String> environment,
    Map<String, ProcessSpec> processes,
    @Nullable Command release,
    BuildSpec build,
    List<String> hosts) {

  public AppSpec {
    if (!name.matches("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")) {
      throw new IllegalArgumentException("not an app name: " + name);
    }
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException("the app's folder must be absolute: " + directory);
    }
    environment = Map.copyOf(environment);
    processes = java.util.Collections.unmodifiableMap(new TreeMap<>(processes));
    processes.forEach((key, process) -> {
      if (!key.equals(process.name())) {
        throw new IllegalArgumentException(key + " names the process " + process.name());
      }
    });
    hosts = List.copyOf(hosts);
  }

  /** The process the edge routes to, or null in an app of workers only. */
  public @Nullable ProcessSpec web() {
    return processes.get(ProcessSpec.WEB);
  }
}
