package dev.undercloud.core.config;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Listen;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How the web process will run, and why so.
 *
 * @param what {@code gunicorn}, for people
 * @param why the files and lines that decided it
 * @param packages distributions to be installed beyond what the files name
 */
record WebPlan(
    Command command,
    Map<String, String> environment,
    Listen listen,
    Duration upstreamIdle,
    String what,
    String why,
    List<String> packages,
    List<String> warnings) {
  WebPlan {
    environment = Map.copyOf(environment);
    packages = List.copyOf(packages);
    warnings = List.copyOf(warnings);
  }
}
