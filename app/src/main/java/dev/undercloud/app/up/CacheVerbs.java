package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.local.Caller;
import dev.undercloud.app.local.Verb;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.edge.cache.CacheStats;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.cache.Purge;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the command line can ask of the HTTP cache. */
final class CacheVerbs {
  private final HttpCache cache;
  private final String app;

  /**
   * @param app whose responses are meant
   */
  CacheVerbs(HttpCache cache, String app) {
    this.cache = cache;
    this.app = app;
  }

  Map<String, Verb> all() {
    return Map.of("cache-purge", this::purge, "cache-stats", this::stats);
  }

  private JsonNode purge(JsonNode arguments, Caller caller) {
    int removed = cache.purge(app, wanted(arguments));
    String what = removed == 1 ? "1 stored response was" : removed + " stored responses were";
    return Json.object().put("removed", removed).put("message", what + " removed");
  }

  /** What {@code arguments} name; everything where they name nothing. */
  static Purge wanted(JsonNode arguments) {
    if (arguments.has("tag")) {
      return new Purge.Tag(arguments.path("tag").asText());
    }
    boolean prefix = arguments.has("prefix");
    if (!prefix && !arguments.has("path")) {
      return new Purge.Everything();
    }
    String text = arguments.path(prefix ? "prefix" : "path").asText();
    String host = null;
    String path = text;
    if (!text.startsWith("/")) {
      int at = text.indexOf("://");
      int slash = at < 0 ? -1 : text.indexOf('/', at + 3);
      host = host(text);
      path = slash < 0 ? "/" : text.substring(slash);
    }
    return prefix ? new Purge.Prefix(host, path) : new Purge.Path(host, path);
  }

  private static @Nullable String host(String url) {
    try {
      String authority = new URI(url.replaceFirst("[?].*", "")).getRawAuthority();
      if (authority != null) {
        return authority;
      }
    } catch (URISyntaxException said) {
      // Below.
    }
    throw CloudException.user(
        "bad-argument",
        "nothing was removed",
        "\"" + url + "\" is neither a path nor a URL",
        "For example: undercloud cache purge /articles/1");
  }

  private JsonNode stats(JsonNode arguments, Caller caller) {
    CacheStats stats = cache.stats();
    long asked = stats.hits() + stats.misses();
    String message =
        "%d responses in memory (%s of %s), %d on disk (%s of %s); %d of %d requests answered"
            .formatted(
                stats.entries(),
                new ByteSize(stats.bytes()),
                new ByteSize(stats.budget()),
                stats.diskEntries(),
                new ByteSize(stats.diskBytes()),
                new ByteSize(stats.diskBudget()),
                stats.hits(),
                asked);
    return Json.object()
        .put("entries", stats.entries())
        .put("bytes", stats.bytes())
        .put("budget_bytes", stats.budget())
        .put("disk_entries", stats.diskEntries())
        .put("disk_bytes", stats.diskBytes())
        .put("disk_budget_bytes", stats.diskBudget())
        .put("hits", stats.hits())
        .put("misses", stats.misses())
        .put("stored", stats.stored())
        .put("evicted", stats.evicted())
        .put("message", message);
  }
}
