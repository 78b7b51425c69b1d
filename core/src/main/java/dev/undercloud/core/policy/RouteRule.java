package dev.undercloud.core.policy;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which requests, and what is done with them.
 *
 * @param name where it stands, for people: {@code undercloud.toml:12}
 * @param path begins with a slash; a final {@code *} matches any rest, so that {@code /static/*} is
 *     everything below that folder; compared with the path after percent-decoding, dot-segment
 *     removal and merging of slashes (RFC 3986, 6.2.2)
 * @param hosts names, or {@code *.name} for any one label before it; empty for every host of the
 *     app
 * @param methods empty for all
 * @param headers field name, lower case, to the value it must have; {@code *} for any value
 */
public record RouteRule(
    String name,
    String path,
    List<String> hosts,
    Set<String> methods,
    Map<String, String> headers,
    RouteOptions options) {
  public RouteRule {
    if (!isPattern(path)) {
      throw new IllegalArgumentException("not a path pattern: " + path);
    }
    hosts = List.copyOf(hosts);
    methods = Set.copyOf(methods);
    headers = Map.copyOf(headers);
  }

  /** Whether {@code path} may stand for paths: it begins with a slash, a star is its last. */
  public static boolean isPattern(String path) {
    int star = path.indexOf('*');
    return path.startsWith("/") && (star < 0 || star == path.length() - 1);
  }

  /** The same requests, and something else done with them. */
  public RouteRule with(RouteOptions other) {
    return new RouteRule(name, path, hosts, methods, headers, other);
  }
}
