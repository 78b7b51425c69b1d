package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.Constant;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.unit.Durations;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the waits along a request's way have an order that lets the right one end first: connect,
 * first byte, whole request, idle client; and against them what the app's own server has.
 */
final class TimeoutChain {
  /** What gunicorn does without a setting. */
  private static final int GUNICORN_TIMEOUT = 30;

  private final WebPlan plan;
  private final Facts facts;
  private final OwnConfig own;
  private final Settings settings;
  private final List<String> warnings;
  private final Errors errors;

  TimeoutChain(
      WebPlan plan,
      Facts facts,
      OwnConfig own,
      Settings settings,
      List<String> warnings,
      Errors errors) {
    this.plan = plan;
    this.facts = facts;
    this.own = own;
    this.settings = settings;
    this.warnings = warnings;
    this.errors = errors;
  }

  /** Notes the chain, warns of what will make 502s and 504s, refuses what contradicts itself. */
  void check(Timeouts waits) {
    Server server = server();
    Sourced<Integer> keeps = server == null ? null : keepAlive(server);
    settings.add("web.timeouts.chain", Sourced.because(chain(waits) + toApp(keeps), why(keeps)));
    Sourced<Duration> response = own.get("web.timeouts.response", Duration.class);
    if (response != null && waits.response().compareTo(waits.request()) > 0) {
      errors.at(
          response,
          "web.timeouts.response",
          "%s for the first byte is longer than web.timeouts.request, %s for all of it; make it"
                  .formatted(shown(waits.response()), shown(waits.request()))
              + " shorter, or the request longer");
    }
    if (waits.connect().compareTo(waits.response()) >= 0) {
      warnings.add(
          "web.timeouts.connect (%s) is not shorter than web.timeouts.response (%s): a replica that is gone is noticed no sooner than one that is slow; 2s is plenty on one machine"
              .formatted(shown(waits.connect()), shown(waits.response())));
    }
    if (server != null && keeps != null) {
      tooLong(server, keeps);
    }
    if (server == Server.GUNICORN) {
      gunicorn(waits);
    }
  }

  /** The other end of the edge: who closes an idle connection to the app first. */
  private String toApp(@Nullable Sourced<Integer> keeps) {
    if (keeps == null || keeps.value() == 0) {
      return "";
    }
    Duration app = Duration.ofSeconds(keeps.value());
    Duration edge = plan.upstreamIdle();
    return "; idle to the app " + shown(edge) + order(edge, app) + "its keep-alive " + shown(app);
  }

  private static String why(@Nullable Sourced<Integer> keeps) {
    String rule = "each has to be longer than the one before it";
    return keeps == null || keeps.value() == 0
        ? rule
        : rule + "; the edge itself closes what is idle before the app does";
  }

  private static String chain(Timeouts waits) {
    return "connect "
        + shown(waits.connect())
        + order(waits.connect(), waits.response())
        + "response "
        + shown(waits.response())
        + order(waits.response(), waits.request())
        + "request "
        + shown(waits.request())
        + order(waits.request(), waits.idle())
        + "idle client "
        + shown(waits.idle());
  }

  private static String order(Duration one, Duration next) {
    int order = one.compareTo(next);
    return order < 0 ? " < " : order == 0 ? " = " : " > ";
  }

  private @Nullable Server server() {
    for (String word : plan.command().words()) {
      String program = word.substring(word.lastIndexOf('/') + 1);
      for (Server each : Server.values()) {
        if (program.equals(each.program) || program.equals(each.distribution)) {
          return each;
        }
      }
    }
    return null;
  }

  private @Nullable Sourced<Integer> keepAlive(Server server) {
    if (server.keepAlive == null) {
      return null;
    }
    Sourced<Integer> seconds =
        number(
            server,
            Set.of(server.keepAlive),
            "keepalive",
            server.keepAliveDefault,
            server.program + "'s default");
    if (seconds != null) {
      settings.add("web.server.keep_alive", seconds, Duration.ofSeconds(seconds.value()));
    }
    return seconds;
  }

  private void tooLong(Server server, Sourced<Integer> seconds) {
    Duration keeps = Duration.ofSeconds(seconds.value());
    if (!keeps.isZero() && plan.upstreamIdle().compareTo(keeps) >= 0) {
      warnings.add(
          "%s closes an idle connection after %s (%s), and the edge would still use it after %s: now and then a request meets one that is being closed, a 502 for a POST. Set %s to 5 or more, or leave it out"
              .formatted(
                  server.program,
                  shown(keeps),
                  seconds.place(),
                  shown(plan.upstreamIdle()),
                  server.keepAlive));
    }
  }

  /** A worker of one request at a time that is silent for long is killed, its request with it. */
  private void gunicorn(Timeouts waits) {
    Sourced<Integer> seconds =
        number(
            Server.GUNICORN,
            Set.of("-t", "--timeout"),
            "timeout",
            GUNICORN_TIMEOUT,
            "gunicorn's default");
    if (seconds == null) {
      return;
    }
    Duration kills = Duration.ofSeconds(seconds.value());
    boolean single = oneAtATime();
    settings.add(
        "web.server.timeout",
        seconds,
        kills.isZero() ? "none" : shown(kills) + (single ? "" : ", not of a single request"));
    if (single && !kills.isZero() && kills.compareTo(waits.response()) < 0) {
      warnings.add(
          "gunicorn kills a worker that is silent for %s (%s), sooner than web.timeouts.response (%s): the client of a slow request gets a 502 and its worker dies. Set gunicorn's timeout above %s, or web.timeouts.response below %s"
              .formatted(
                  shown(kills),
                  seconds.place(),
                  shown(waits.response()),
                  shown(waits.response()),
                  shown(kills)));
    }
  }

  private boolean oneAtATime() {
    String kind = text(Set.of("-k", "--worker-class"), "worker_class");
    String threads = text(Set.of("--threads"), "threads");
    return (kind == null || kind.equals("sync")) && (threads == null || threads.equals("1"));
  }

  private @Nullable String text(Set<String> options, String key) {
    String said = Options.value(plan.command().words(), options);
    said = said == null ? Options.value(arguments(), options) : said;
    if (said != null) {
      return said;
    }
    Constant constant = constants().get(key);
    return constant == null || constant.value() == null ? null : constant.value().toString();
  }

  /** The number in force; null where it is computed and nobody can know it. */
  private @Nullable Sourced<Integer> number(
      Server server, Set<String> options, String key, int otherwise, String why) {
    String said = Options.value(plan.command().words(), options);
    if (said != null) {
      return seconds(said, "the command of web");
    }
    if (server != Server.GUNICORN) {
      return Sourced.because(otherwise, why);
    }
    said = Options.value(arguments(), options);
    if (said != null) {
      return seconds(said, "GUNICORN_CMD_ARGS");
    }
    Constant constant = constants().get(key);
    if (constant == null) {
      return Sourced.because(otherwise, why);
    }
    return constant.value() instanceof Number n
        ? new Sourced<>(
            n.intValue(), constant.place().file(), constant.place().line(), "gunicorn's settings")
        : null;
  }

  private static @Nullable Sourced<Integer> seconds(String text, String why) {
    try {
      return Sourced.because((int) Double.parseDouble(text), why);
    } catch (NumberFormatException computed) {
      return null;
    }
  }

  private List<String> arguments() {
    String text = facts.environment().getOrDefault("GUNICORN_CMD_ARGS", "");
    return Arrays.asList(text.strip().split("\\s+"));
  }

  private Map<String, Constant> constants() {
    return ServerChoice.Gunicorn.settings(plan.command().words(), facts);
  }

  private static String shown(Duration duration) {
    return Durations.format(duration);
  }
}
