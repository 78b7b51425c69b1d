package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Constant;
import dev.undercloud.core.config.PythonScan.Interface;
import dev.undercloud.core.config.PythonScan.Place;
import dev.undercloud.core.model.Listen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The production server for an application object: one that the app installs, else our own.
 *
 * @param words the whole command
 * @param name for people
 * @param packages what has to be installed beyond what the app asks for
 */
record ServerChoice(
    List<String> words,
    Map<String, String> environment,
    Listen listen,
    Duration upstreamIdle,
    String name,
    String why,
    List<String> packages) {

  /** The variable in which a release tells where our own WSGI runner lies. */
  static final String RUNNER = "$UNDERCLOUD_WSGI";

  static final String RUNNER_NAME = "undercloud's own standard-library WSGI runner";

  /** Threads of a gunicorn worker where nobody asks for another number: requests that wait. */
  private static final String THREADS = "8";

  static ServerChoice of(AppObject object, Facts facts) {
    Dependencies dependencies = facts.dependencies();
    for (Server server : Server.forInterface(object.kind())) {
      Place named = dependencies.of(server.distribution);
      boolean calls = object.factory() && server == Server.DAPHNE;
      boolean arguments = object.factory() && !object.expression().endsWith("()");
      boolean able =
          !calls && (!arguments || server == Server.GUNICORN || server == Server.HYPERCORN);
      if (named != null && able) {
        return installed(server, object, named + " names " + server.distribution, facts, List.of());
      }
    }
    if (object.kind() == Interface.ASGI) {
      return installed(
          Server.UVICORN,
          object,
          "an ASGI app needs a server and no dependency file names one: uvicorn is added",
          facts,
          List.of(Server.UVICORN.distribution));
    }
    return runner(object, facts);
  }

  private static ServerChoice installed(
      Server server, AppObject object, String why, Facts facts, List<String> packages) {
    List<String> words =
        new ArrayList<>(
            server.serving(object.module(), object.expression(), object.factory(), object.kind()));
    words.addAll(server.optionsFirst() ? 1 : words.size(), server.options(List.of()));
    if (server.moduleFolder != null && !object.root().isEmpty()) {
      words.addAll(List.of(server.moduleFolder, object.root()));
    }
    Map<String, Constant> conf =
        server == Server.GUNICORN ? Gunicorn.settings(words, facts) : Map.of();
    if (server == Server.GUNICORN) {
      words.addAll(Gunicorn.concurrency(conf, facts.environment()));
    }
    int keepAlive = KeepAlive.ensure(server, words, 1, conf, facts.environment());
    return new ServerChoice(
        words,
        server.moduleFolder == null ? path(object.root(), facts) : Map.of(),
        server.listen(),
        Server.upstreamIdle(keepAlive),
        server.program,
        why,
        packages);
  }

  private static ServerChoice runner(AppObject object, Facts facts) {
    String missing =
        facts.dependencies().any()
            ? "no production WSGI server in " + String.join(", ", facts.dependencies().files())
            : "the app installs no WSGI server";
    return new ServerChoice(
        List.of("python", RUNNER, object.reference()),
        path(object.root(), facts),
        Listen.UNIX,
        Server.upstreamIdle(Server.KEEP_ALIVE_SECONDS),
        RUNNER_NAME,
        missing + "; gunicorn in requirements.txt would be used instead",
        List.of());
  }

  /** Modules that lie in a folder of their own, as {@code src}, are found by PYTHONPATH. */
  private static Map<String, String> path(String root, Facts facts) {
    if (root.isEmpty()) {
      return Map.of();
    }
    @Nullable String before = facts.environment().get("PYTHONPATH");
    return Map.of("PYTHONPATH", before == null ? root : root + ":" + before);
  }

  /** How gunicorn is configured beside its command line. */
  static final class Gunicorn {
    private Gunicorn() {}

    /** The constants of the settings file that gunicorn will read for these words. */
    static Map<String, Constant> settings(List<String> words, Facts facts) {
      String named = Options.value(words, Set.of("-c", "--config"));
      String file = named == null ? "gunicorn.conf.py" : named.replaceFirst("^(file:)?(\\./)?", "");
      Map<String, Constant> found = facts.scan().gunicorn().get(file);
      if (found == null && named != null) {
        // Nobody knows what it sets: nothing of it is overridden, and the default is believed.
        return Map.of(KeepAlive.CONF_KEY, new Constant(null, new Place(file, 0)));
      }
      return found == null ? Map.of() : found;
    }

    static List<String> concurrency(Map<String, Constant> conf, Map<String, String> environment) {
      String arguments = environment.getOrDefault("GUNICORN_CMD_ARGS", "");
      List<String> words = new ArrayList<>();
      if (!conf.containsKey("workers")
          && !environment.containsKey("WEB_CONCURRENCY")
          && !arguments.contains("-w")) {
        words.addAll(List.of("--workers", "1"));
      }
      if (!conf.containsKey("threads")
          && !conf.containsKey("worker_class")
          && !arguments.contains("--threads")
          && !arguments.contains("-k")
          && !arguments.contains("--worker-class")) {
        words.addAll(List.of("--threads", THREADS));
      }
      return words;
    }
  }

  /** Keep-alive, which must be longer than the edge's patience with idle connections. */
  static final class KeepAlive {
    private static final String CONF_KEY = "keepalive";

    private KeepAlive() {}

    /**
     * Adds the option unless the user set it somewhere; returns the seconds in force.
     *
     * @param words the whole command, changed
     * @param from where the server's arguments begin in it
     */
    static int ensure(
        Server server,
        List<String> words,
        int from,
        Map<String, Constant> conf,
        Map<String, String> environment) {
      String option = server.keepAlive;
      if (option == null) {
        return server.keepAliveDefault;
      }
      String given = Options.value(words.subList(from, words.size()), Set.of(option));
      if (given != null) {
        return seconds(given, server.keepAliveDefault);
      }
      Constant configured = conf.get(CONF_KEY);
      if (configured != null) {
        return configured.value() instanceof Number n ? n.intValue() : server.keepAliveDefault;
      }
      boolean elsewhere =
          server == Server.GUNICORN
              && environment.getOrDefault("GUNICORN_CMD_ARGS", "").contains(option);
      if (elsewhere || server.keepAliveDefault >= Server.KEEP_ALIVE_SECONDS) {
        return elsewhere ? server.keepAliveDefault : Server.KEEP_ALIVE_SECONDS;
      }
      words.addAll(List.of(option, Integer.toString(Server.KEEP_ALIVE_SECONDS)));
      return Server.KEEP_ALIVE_SECONDS;
    }

    private static int seconds(String text, int otherwise) {
      try {
        return (int) Math.min(Server.KEEP_ALIVE_SECONDS, Double.parseDouble(text));
      } catch (NumberFormatException computed) {
        return otherwise;
      }
    }
  }

  /** For processes that are served through the edge: it is their only client, so it is believed. */
  static Map<String, String> trust(Map<String, String> environment) {
    Map<String, String> more = new LinkedHashMap<>();
    if (!environment.containsKey("FORWARDED_ALLOW_IPS")) {
      more.put("FORWARDED_ALLOW_IPS", "*");
    }
    return more;
  }
}
