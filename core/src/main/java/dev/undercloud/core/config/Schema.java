package dev.undercloud.core.config;

import dev.undercloud.core.model.Isolation;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.unit.ByteSize;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Every key that {@code undercloud.toml} may hold. A table exists here from the moment its feature
 * works; to add one is one declaration.
 */
final class Schema {
  /** A longer wait than this is a typing error: no client is still there. */
  private static final Duration LONGEST = Duration.ofDays(1);

  /** Less memory than this starts no process. */
  private static final ByteSize LEAST_MEMORY = ByteSize.ofMiB(4);

  static final Pattern APP_NAME = ValueType.APP_NAME;
  static final Pattern PROCESS_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
  static final String PROCESS_WORDS =
      "a process name: lower-case letters, digits and dashes, at most 32";

  /** The one-off process of a release, as a Procfile names it. */
  static final String RELEASE = "release";

  private static final Shape.Table TIMEOUTS =
      durations("connect", "response", "request", "idle", "drain");

  private static final Shape.Table LIMITS =
      Shape.Table.empty()
          .with("cpu", ValueType.number(0.01, 1024))
          .with("memory", ValueType.size(LEAST_MEMORY))
          .with("pids", ValueType.integer(1, 4_194_304));

  private static final Shape.Table WORKER =
      Shape.Table.empty()
          .with("replicas", ValueType.integer(0, ProcessSpec.MOST_REPLICAS))
          .with("limits", LIMITS)
          .with("timeouts", durations("drain"));

  private static final Shape.Table WEB =
      RouteSchema.balance(WORKER.with("hosts", ValueType.hosts()), LONGEST)
          .with(
              "health",
              durations("interval", "timeout", "grace")
                  .with(
                      "path",
                      ValueType.text(
                          Pattern.compile("/[!-~]*"), "a path that begins with a slash")))
          .with("protocol", ValueType.oneOf(protocols(), "; replicas speak nothing else"))
          .with("timeouts", TIMEOUTS);

  private static final Shape.Table TOP =
      Shape.Table.empty()
          .with(
              "name",
              ValueType.text(
                  APP_NAME,
                  "an app name: lower-case letters, digits and dashes, at most 40, as it becomes a"
                      + " host name"))
          .with("isolation", ValueType.oneOf(isolations(), "; this build has no other"))
          .with(
              "env",
              new Shape.Named(
                  VARIABLE,
                  "a variable name: letters, digits and underscores",
                  ValueType.environment()))
          .with("processes", new Shape.Named(PROCESS_NAME, PROCESS_WORDS, ValueType.command()))
          .with("routes", RouteSchema.ROUTES)
          .with("tls", RouteSchema.TLS)
          .with("edge", RouteSchema.EDGE);

  /** Keys of the top that no process may be named after. */
  static final Set<String> RESERVED = TOP.keys().keySet();

  private Schema() {}

  /** The schema for an app of these processes: one table for each. */
  static Shape.Table of(Collection<String> processes) {
    Shape.Table all = TOP.with(ProcessSpec.WEB, WEB);
    for (String process : processes) {
      if (!process.equals(ProcessSpec.WEB) && !RESERVED.contains(process)) {
        all = all.with(process, WORKER);
      }
    }
    return all;
  }

  private static Shape.Table durations(String... keys) {
    Shape.Table table = Shape.Table.empty();
    for (String key : keys) {
      table = table.with(key, ValueType.duration(LONGEST));
    }
    return table;
  }

  private static List<String> protocols() {
    return Arrays.stream(Protocol.values()).map(Protocol::word).toList();
  }

  private static List<String> isolations() {
    return Arrays.stream(Isolation.values()).map(i -> i.name().toLowerCase(Locale.ROOT)).toList();
  }
}
