package dev.undercloud.core.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is well-formed in the edge's tables, and yet cannot be meant. */
final class RouteChecks {
  /** Whoever follows these asks as it did before; after the others it asks by GET. */
  private static final Set<Integer> SAME_METHOD = Set.of(307, 308);

  /** An IPv4 address, or a bare name that every app answers for when it is the only one. */
  private static final Pattern BARE = Pattern.compile("localhost|[0-9.]+");

  private final OwnConfig own;
  private final List<String> hosts;
  private final Errors errors;
  private final List<String> warnings;
  private final List<Route> routes = new ArrayList<>();

  /**
   * One table of {@code [[routes]]}.
   *
   * @param table {@code routes[0]}
   */
  private record Route(
      String table,
      Sourced<String> path,
      List<String> hosts,
      List<String> methods,
      boolean byHeaders) {
    /** Whether that path, or every path of that pattern, is one of this. */
    boolean covers(String other) {
      String mine = path.value();
      return mine.endsWith("*")
          ? other.startsWith(mine.substring(0, mine.length() - 1))
          : mine.equals(other);
    }

    /** Whether every request to a path of both is one of this, too. */
    boolean takesAllOf(Route later) {
      return !byHeaders
          && (hosts.isEmpty() || !later.hosts.isEmpty() && hosts.containsAll(later.hosts))
          && (methods.isEmpty() || !later.methods.isEmpty() && methods.containsAll(later.methods));
    }
  }

  /**
   * @param hosts of the app
   */
  RouteChecks(OwnConfig own, List<String> hosts, Errors errors, List<String> warnings) {
    this.own = own;
    this.hosts = hosts;
    this.errors = errors;
    this.warnings = warnings;
  }

  void check() {
    Sourced<Integer> count = own.get("routes", Integer.class);
    for (int i = 0; count != null && i < count.value(); i++) {
      String table = "routes[" + i + "]";
      Sourced<String> path = own.get(table + ".path", String.class);
      if (path != null) {
        Route route = route(table, path);
        empty(table);
        foreign(route);
        shadowed(route);
        circle(route);
        routes.add(route);
      }
    }
    certificates();
  }

  private Route route(String table, Sourced<String> path) {
    List<String> names = new ArrayList<>(list(table + ".host"));
    names.addAll(list(table + ".hosts"));
    boolean byHeaders = own.any(table + ".headers") != null;
    return new Route(table, path, names, list(table + ".methods"), byHeaders);
  }

  private List<String> list(String key) {
    Sourced<List<String>> said = own.list(key);
    return said == null ? List.of() : said.value();
  }

  /** A list without anything in it says nothing, or the opposite of what was meant. */
  private void empty(String table) {
    for (String key : List.of("methods", "host", "hosts", "allow", "deny")) {
      Sourced<List<String>> said = own.list(table + "." + key);
      if (said != null && said.value().isEmpty()) {
        String nobody = key.equals("allow") ? "; deny = [\"0.0.0.0/0\", \"::/0\"] is nobody" : "";
        errors.at(said, table + "." + key, "is empty; leave it out for all" + nobody);
      }
    }
  }

  private void foreign(Route route) {
    for (String host : route.hosts) {
      if (!isServed(host)) {
        Sourced<?> said = own.any(route.table + ".host");
        Sourced<?> where = said != null ? said : route.path;
        warn(
            where,
            route.table + ".host",
            host
                + " is none of the app's hosts, so no request for it comes here; add it to hosts"
                + " under [web]");
      }
    }
  }

  private boolean isServed(String host) {
    return BARE.matcher(host).matches()
        || hosts.stream().anyMatch(served -> overlap(served, host) || overlap(host, served));
  }

  /** Whether {@code name} is, or a name of it may be, one of {@code pattern}. */
  private static boolean overlap(String pattern, String name) {
    int dot = name.indexOf('.');
    return pattern.equals(name)
        || pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equals(name.substring(dot));
  }

  private void shadowed(Route later) {
    for (Route route : routes) {
      if (route.covers(later.path.value()) && route.takesAllOf(later)) {
        warn(
            later.path,
            later.table + ".path",
            "no request gets as far as %s: the route of line %d, %s, takes them all; put that behind it"
                .formatted(later.path.value(), route.path.line(), route.path.value()));
        return;
      }
    }
  }

  private void circle(Route route) {
    Sourced<String> to = own.get(route.table + ".redirect", String.class);
    to = to != null ? to : own.get(route.table + ".redirect.to", String.class);
    if (to == null || route.byHeaders || !staysWith(route)) {
      return;
    }
    Optional<String> again =
        pathHere(to.value(), route)
            .filter(route::covers)
            .filter(path -> routes.stream().noneMatch(earlier -> earlier.covers(path)));
    if (again.isPresent()) {
      errors.at(
          to,
          route.table + ".redirect",
          to.value()
              + " is matched by "
              + route.path.value()
              + " again: clients would go in a circle; send them elsewhere, or give that path a"
              + " route of its own before this one");
    }
  }

  /** Whether who is redirected asks in a way that the route matches once more. */
  private boolean staysWith(Route route) {
    Sourced<Integer> status = own.get(route.table + ".redirect.status", Integer.class);
    return route.methods.isEmpty()
        || route.methods.contains("GET")
        || status != null && SAME_METHOD.contains(status.value());
  }

  /** The path of a redirect's target, with something for its star; empty for another host. */
  private static Optional<String> pathHere(String target, Route route) {
    if (target.startsWith("//")) {
      return Optional.empty();
    }
    String filled = target.replace("*", "x").split("[?#]", 2)[0];
    if (filled.startsWith("/")) {
      return Optional.of(filled);
    }
    // With a host, only a route that names its own is surely meant: /* to https is another matter.
    String host = host(filled);
    String path = filled.replaceFirst("https?://[^/]*", "");
    return host != null && route.hosts.contains(host)
        ? Optional.of(path.isEmpty() ? "/" : path)
        : Optional.empty();
  }

  private static @Nullable String host(String url) {
    try {
      String host = URI.create(url).getHost();
      return host == null ? null : host.toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException odd) {
      return null;
    }
  }

  private void certificates() {
    Sourced<List<String>> names = own.list("tls.acme.names");
    if (names == null) {
      return;
    }
    for (String name : names.value()) {
      if (hosts.stream().noneMatch(name::equals)) {
        errors.at(
            names,
            "tls.acme.names",
            name
                + " is none of the app's hosts, so nobody would see its certificate; add it to"
                + " hosts under [web]");
      }
    }
  }

  private void warn(Sourced<?> where, String key, String reason) {
    String file = where.file() == null ? "" : where.file();
    warnings.add(new ConfigError(file, where.line(), key, reason, null).sentence());
  }
}
