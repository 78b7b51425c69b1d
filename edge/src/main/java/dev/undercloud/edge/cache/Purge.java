package dev.undercloud.edge.cache;

import org.jspecify.annotations.Nullable;

/**
 * What is to be removed from the cache. Paths are understood in the normal form that keys have, so
 * that it does not matter how they are escaped.
 */
public sealed interface Purge {
  /**
   * @param host null for every host of the app
   * @param path with its query, where it has one; without, every query of that path
   */
  record Path(@Nullable String host, String path) implements Purge {
    public Path {
      path = NormalPath.normalise(path);
    }
  }

  /**
   * @param prefix of path and query
   */
  record Prefix(@Nullable String host, String prefix) implements Purge {
    public Prefix {
      prefix = NormalPath.normalise(prefix);
    }
  }

  /**
   * @param tag of Surrogate-Key or Cache-Tag
   */
  record Tag(String tag) implements Purge {}

  record Everything() implements Purge {}

  default boolean names(Entry entry) {
    return names(entry.key, entry.tags);
  }

  /** Whether this is meant. */
  default boolean names(Key key, java.util.Set<String> tags) {
    return switch (this) {
      case Path(String host, String path) -> isAt(host, key) && isPath(key.path(), path);
      case Prefix(String host, String prefix) -> isAt(host, key) && key.path().startsWith(prefix);
      case Tag(String tag) -> tags.contains(tag);
      case Everything() -> true;
    };
  }

  private static boolean isAt(@Nullable String host, Key key) {
    return host == null || host.equalsIgnoreCase(key.host());
  }

  private static boolean isPath(String stored, String path) {
    int query = path.contains("?") ? -1 : stored.indexOf('?');
    return (query < 0 ? stored : stored.substring(0, query)).equals(path);
  }
}
