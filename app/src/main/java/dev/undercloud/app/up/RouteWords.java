package dev.undercloud.app.up;

import dev.undercloud.core.policy.Access;
import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.core.unit.Durations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a route does, a few words each, in the order in which the edge does it. */
final class RouteWords {
  private RouteWords() {}

  /**
   * @param source folders in it are named as seen from there
   */
  static List<String> of(RouteOptions options, Path source) {
    List<String> words = new ArrayList<>();
    options.access().ifPresent(access -> access(access, words));
    options.rateLimit().ifPresent(limit -> words.add("limit " + limit.text()));
    options.redirect().ifPresent(to -> words.add("redirect " + to.status() + " to " + to.to()));
    options.cors().ifPresent(any -> words.add("CORS"));
    options.rewrite().ifPresent(to -> words.add("rewrite to " + to.to()));
    options.bodyLimit().ifPresent(most -> words.add("bodies up to " + new ByteSize(most)));
    options.files().ifPresent(files -> words.add("files of " + folder(files.folder(), source)));
    options.cache().ifPresent(rule -> words.add(cache(rule)));
    options.compress().ifPresent(yes -> words.add(yes ? "compress" : "never compress"));
    options.fields().ifPresent(any -> words.add("header fields"));
    options.split().ifPresent(to -> words.add(percent(to.percent()) + " to " + to.to().name()));
    options
        .mirror()
        .ifPresent(to -> words.add("copy " + percent(to.percent()) + " to " + to.to().name()));
    return List.copyOf(words);
  }

  private static Path folder(Path folder, Path source) {
    return folder.startsWith(source) ? source.relativize(folder) : folder;
  }

  private static void access(Access access, List<String> words) {
    if (!access.allow().isEmpty()) {
      words.add("only from " + String.join(", ", access.allow()));
    }
    if (!access.deny().isEmpty()) {
      words.add("not from " + String.join(", ", access.deny()));
    }
    if (!access.users().isEmpty()) {
      words.add("password");
    }
  }

  private static String cache(CacheRule rule) {
    return rule.ttl().map(ttl -> "cache " + Durations.format(ttl)).orElse("cache as the app says");
  }

  private static String percent(double share) {
    return (share == Math.rint(share) ? String.valueOf((long) share) : String.valueOf(share))
        + " %";
  }
}
