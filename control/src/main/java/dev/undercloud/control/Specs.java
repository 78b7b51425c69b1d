package dev.undercloud.control;

import dev.undercloud.control.journal.Revision;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.util.HashMap;
import java.util.Map;

/** From a revision to what the driver starts. */
final class Specs {
  /** Tells a process inside which app it is part of. */
  private static final String APP = "UNDERCLOUD_APP";

  private Specs() {}

  static ReplicaSpec replica(
      String key, String id, String name, Revision revision, ProcessSpec process) {
    return spec(
        key,
        id,
        name,
        revision,
        process.command(),
        process.environment(),
        process.listen(),
        process.limits());
  }

  static ReplicaSpec releaseCommand(String key, String id, Revision revision, Command command) {
    return spec(key, id, "release", revision, command, Map.of(), Listen.NONE, Limits.NONE);
  }

  private static ReplicaSpec spec(
      String key,
      String id,
      String name,
      Revision revision,
      Command command,
      Map<String, String> own,
      Listen listen,
      Limits limits) {
    AppSpec app = revision.spec();
    Map<String, String> environment = new HashMap<>();
    // Python holds output back in a pipe; a log that comes minutes late explains nothing.
    environment.put("PYTHONUNBUFFERED", "1");
    environment.putAll(app.environment());
    environment.putAll(own);
    environment.putAll(revision.release().variables());
    environment.put(APP, app.name());
    return new ReplicaSpec(
        id,
        key,
        name,
        revision.release().id(),
        command,
        environment,
        revision.release().source(),
        revision.release().dataDirectory(),
        listen,
        limits);
  }
}
