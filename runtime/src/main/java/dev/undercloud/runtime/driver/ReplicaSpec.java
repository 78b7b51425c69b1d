package dev.undercloud.runtime.driver;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import java.nio.file.Path;
import java.util.Map;

/**
 * One replica to be started.
 *
 * @param id unique for the life of the state folder: {@code articles.web.1-3f9c}; the mark by which
 *     a running replica is found again
 * @param app the app's key in the state folder, as all replicas of it share it
 * @param replica what people call it: {@code web.1}
 * @param release the release it runs
 * @param command what runs; the driver replaces {@code $PORT}, {@code $SOCKET} and the
 *     environment's names in its words
 * @param environment complete, but for PORT or SOCKET, which the driver adds
 * @param workingDirectory the release's snapshot
 * @param dataDirectory writable and lasting, shared by all replicas and releases of the app
 * @param listen how it takes connections
 * @param limits what it may use
 */
public record ReplicaSpec(
    String id,
    String app,
    String replica,
    String release,
    Command command,
    Map<String, String> environment,
    Path workingDirectory,
    Path dataDirectory,
    Listen listen,
    Limits limits) {
  public ReplicaSpec {
    environment = Map.copyOf(environment);
  }
}
