package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code undercloud cache purge|stats}: the responses that the edge keeps. */
@Command(
    name = "cache",
    description = "Remove responses that the edge has stored, or say how many there are.")
final class CacheVerb extends Act implements Callable<Integer> {
  private enum Action {
    purge,
    stats
  }

  @Parameters(index = "0", paramLabel = "purge|stats", description = "what to do")
  Action action = Action.stats;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATH|URL",
      description = "to remove: a path; without a query, every query of it")
  @Nullable String path;

  @Option(
      names = "--tag",
      paramLabel = "T",
      description = "to remove: what the app marked so by Surrogate-Key or Cache-Tag")
  @Nullable String tag;

  @Option(
      names = "--prefix",
      paramLabel = "P",
      description = "to remove: every path or URL that begins so")
  @Nullable String prefix;

  @Option(names = "--all", description = "to remove: everything of the app")
  boolean all;

  CacheVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    long named = Stream.of(path, tag, prefix).filter(Objects::nonNull).count() + (all ? 1 : 0);
    if (action == Action.stats) {
      require(named == 0, "stats takes nothing to remove", "undercloud cache stats");
      return perform("cache-stats", Json.object());
    }
    require(
        named == 1,
        "say one of: a path or URL, --tag, --prefix, --all",
        "undercloud cache purge /articles/1");
    ObjectNode arguments = Json.object();
    put(arguments, "path", path);
    put(arguments, "tag", tag);
    put(arguments, "prefix", prefix);
    return perform("cache-purge", arguments);
  }

  private static void require(boolean holds, String why, String example) {
    if (!holds) {
      throw CloudException.user(
          "bad-argument", "nothing was removed", why, "For example: " + example);
    }
  }

  private static void put(ObjectNode to, String name, @Nullable String value) {
    if (value != null) {
      to.put(name, value);
    }
  }
}
