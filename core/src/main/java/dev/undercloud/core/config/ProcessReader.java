package dev.undercloud.core.config;

import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.unit.ByteSize;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the table of one process from our own file, over the defaults, noting where from. */
final class ProcessReader {
  private static final String NO_LIMIT = "none";

  private final OwnConfig own;
  private final CliOverrides cli;
  private final Settings settings;
  private final String process;

  ProcessReader(OwnConfig own, CliOverrides cli, Settings settings, String process) {
    this.own = own;
    this.cli = cli;
    this.settings = settings;
    this.process = process;
  }

  int replicas(Errors errors) {
    Integer said = cli.replicas().get(process);
    if (said != null && (said < 0 || said > ProcessSpec.MOST_REPLICAS)) {
      errors.add(
          Sourced.COMMAND_LINE,
          0,
          process,
          said + " is not a number of replicas from 0 to " + ProcessSpec.MOST_REPLICAS);
      said = null;
    }
    Sourced<Integer> value =
        said != null
            ? Sourced.because(said, Sourced.COMMAND_LINE)
            : or("replicas", Integer.class, Defaults.replicas(process));
    settings.add(process + ".replicas", value);
    return value.value();
  }

  Protocol protocol() {
    Sourced<String> word = or("protocol", String.class, Defaults.PROTOCOL.word());
    settings.add(process + ".protocol", word);
    return Protocol.of(word.value());
  }

  HealthCheck health() {
    Sourced<String> path = own.get(process + ".health.path", String.class);
    if (path == null) {
      settings.add(
          process + ".health.path",
          Sourced.because("/", "default; 2xx, 3xx, 401 and 404 count as alive"));
    } else {
      settings.add(process + ".health.path", path);
    }
    return new HealthCheck(
        path == null ? Defaults.HEALTH.path() : path.value(),
        duration("health.interval", Defaults.HEALTH.interval()),
        duration("health.timeout", Defaults.HEALTH.timeout()),
        duration("health.grace", Defaults.HEALTH.grace()));
  }

  Limits limits() {
    return new Limits(
        limit("cpu", Double.class), limit("memory", ByteSize.class), limit("pids", Integer.class));
  }

  Timeouts timeouts() {
    Timeouts otherwise = Defaults.TIMEOUTS;
    if (!process.equals(ProcessSpec.WEB)) {
      return new Timeouts(
          otherwise.connect(),
          otherwise.response(),
          otherwise.request(),
          otherwise.idle(),
          duration("timeouts.drain", otherwise.drain()));
    }
    Duration request = duration("timeouts.request", otherwise.request());
    Duration response = within("timeouts.response", otherwise.response(), request);
    return new Timeouts(
        within("timeouts.connect", otherwise.connect(), response),
        response,
        request,
        duration("timeouts.idle", otherwise.idle()),
        duration("timeouts.drain", otherwise.drain()));
  }

  /** A default gives way to what was said of the wait that it is a part of. */
  private Duration within(String key, Duration otherwise, Duration whole) {
    return duration(key, otherwise.compareTo(whole) > 0 ? whole : otherwise);
  }

  private Duration duration(String key, Duration otherwise) {
    Sourced<Duration> value = or(key, Duration.class, otherwise);
    settings.add(process + "." + key, value);
    return value.value();
  }

  private <T> @Nullable T limit(String key, Class<T> type) {
    String whole = process + ".limits." + key;
    Sourced<T> value = own.get(whole, type);
    if (value == null) {
      settings.add(whole, Sourced.because(NO_LIMIT, "default; the machine is the limit"));
      return null;
    }
    settings.add(whole, value);
    return value.value();
  }

  private <T> Sourced<T> or(String key, Class<T> type, T otherwise) {
    Sourced<T> value = own.get(process + "." + key, type);
    return value != null ? value : Sourced.byDefault(otherwise);
  }
}
