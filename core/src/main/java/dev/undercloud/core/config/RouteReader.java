package dev.undercloud.core.config;

import dev.undercloud.core.policy.Access;
import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.policy.Cors;
import dev.undercloud.core.policy.Destination;
import dev.undercloud.core.policy.Fields;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.Mirror;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.Redirect;
import dev.undercloud.core.policy.Rewrite;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.Split;
import dev.undercloud.core.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one table of {@code [[routes]]}, whose values have their types already. */
final class RouteReader {
  /** What the edge says itself, or must not let anybody say. */
  private static final Set<String> FRAMING =
      Set.of(
          "host",
          "connection",
          "content-length",
          "transfer-encoding",
          "keep-alive",
          "upgrade",
          "te",
          "trailer",
          "expect",
          "forwarded",
          "x-request-id",
          "traceparent",
          "proxy-connection",
          "undercloud-hop");

  /** All fields that one route adds, in one direction: half of what a head may grow by. */
  private static final int MOST_FIELD_BYTES = 4 << 10;

  private static final Duration PREFLIGHT = Duration.ofMinutes(10);
  private static final int MOVED = 302;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final OwnConfig own;
  private final Errors errors;
  private final RuleFiles files;
  private final String app;
  private final String table;

  /**
   * @param table {@code routes[0]}
   */
  RouteReader(OwnConfig own, Errors errors, RuleFiles files, String app, int index) {
    this.own = own;
    this.errors = errors;
    this.files = files;
    this.app = app;
    table = "routes[" + index + "]";
  }

  /** Empty where it has no path, which is an error already. */
  Optional<RouteRule> read() {
    Sourced<String> path = get("path", String.class);
    if (path == null) {
      return Optional.empty();
    }
    boolean rest = path.value().endsWith("*");
    List<String> hosts = new ArrayList<>(list("host"));
    hosts.addAll(list("hosts"));
    Map<String, String> headers = new HashMap<>();
    own.under(table + ".headers")
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value.value()));
    RouteOptions options =
        new RouteOptions(
            folder(path),
            cache(),
            Optional.ofNullable(value("rate_limit", RateLimit.class)),
            access(),
            redirect(rest),
            rewrite(rest),
            fields(),
            cors(),
            Optional.ofNullable(value("compress", Boolean.class)),
            bodyLimit(),
            share("mirror", 100.0).map(m -> new Mirror(m.to(), m.percent())),
            share("split", null));
    exclusive();
    return Optional.of(
        new RouteRule(
            path.place(), path.value(), hosts, new HashSet<>(list("methods")), headers, options));
  }

  private void exclusive() {
    Sourced<?> redirect = own.any(table + ".redirect");
    for (String other : List.of("static", "rewrite", "mirror", "split", "cache")) {
      if (redirect != null && own.any(table + "." + other) != null) {
        errors.at(redirect, table + ".redirect", "a route that redirects has no use for " + other);
      }
    }
    Sourced<String> folder = get("static", String.class);
    for (String other : List.of("rewrite", "mirror", "split")) {
      if (folder != null && own.any(table + "." + other) != null) {
        errors.at(folder, table + ".static", "a route of files has no use for " + other);
      }
    }
  }

  private Optional<Files> folder(Sourced<String> path) {
    Sourced<String> folder = get("static", String.class);
    Sourced<String> index = get("index", String.class);
    if (folder == null) {
      if (index != null) {
        errors.at(index, table + ".index", "is for folders of files: it needs `static`");
      }
      return Optional.empty();
    }
    if (!path.value().endsWith("/*")) {
      errors.at(folder, table + ".static", "files need a path that ends with /*, as /static/*");
      return Optional.empty();
    }
    String prefix = path.value().substring(0, path.value().length() - 1);
    Optional<Path> where = files.inside(folder, table + ".static");
    if (where.isPresent() && java.nio.file.Files.isRegularFile(where.get())) {
      errors.at(folder, table + ".static", folder.value() + " is a file; name its folder");
    }
    String name = index == null ? null : index.value();
    return where.map(absolute -> new Files(List.of(absolute), prefix, name, false));
  }

  private Optional<CacheRule> cache() {
    Sourced<Object> simple = own.get(table + ".cache", Object.class);
    if (simple != null) {
      return switch (simple.value()) {
        case Duration ttl -> Optional.of(withTtl(ttl));
        case Boolean on when on -> Optional.of(CacheRule.BY_THE_APP);
        default -> Optional.empty();
      };
    }
    if (own.any(table + ".cache") == null) {
      return Optional.empty();
    }
    Map<Integer, Duration> negative = new HashMap<>();
    own.below(table + ".cache.negative")
        .forEach((code, age) -> negative.put(Integer.parseInt(code), (Duration) age.value()));
    return Optional.of(
        new CacheRule(
            Optional.ofNullable(value("cache.ttl", Duration.class)),
            negative,
            Optional.ofNullable(value("cache.stale_while_revalidate", Duration.class)),
            Optional.ofNullable(value("cache.stale_if_error", Duration.class)),
            list("cache.ignore_query")));
  }

  private static CacheRule withTtl(Duration ttl) {
    return new CacheRule(Optional.of(ttl), Map.of(), Optional.empty(), Optional.empty(), List.of());
  }

  private Optional<Access> access() {
    Map<String, String> users = new HashMap<>();
    Sourced<String> file = get("basic_auth", String.class);
    if (file != null) {
      users.putAll(files.users(file, table + ".basic_auth"));
    }
    own.under(table + ".basic_auth").forEach((name, hash) -> users.put(name, hash.value()));
    Access access = new Access(list("allow"), list("deny"), users, app);
    boolean any = !access.allow().isEmpty() || !access.deny().isEmpty() || !users.isEmpty();
    return any ? Optional.of(access) : Optional.empty();
  }

  private Optional<Redirect> redirect(boolean rest) {
    Sourced<String> to = get("redirect", String.class);
    int status = MOVED;
    if (to == null) {
      to = get("redirect.to", String.class);
      Sourced<Integer> code = get("redirect.status", Integer.class);
      if (code != null && !REDIRECTS.contains(code.value())) {
        errors.at(
            code, table + ".redirect.status", code.value() + " is not 301, 302, 303, 307 or 308");
      } else if (code != null) {
        status = code.value();
      }
      Sourced<?> any = own.any(table + ".redirect");
      if (to == null && any != null) {
        errors.at(any, table + ".redirect", "says no `to`");
      }
    }
    if (to == null) {
      return Optional.empty();
    }
    star(to, "redirect", rest);
    return Optional.of(new Redirect(status, to.value()));
  }

  private Optional<Rewrite> rewrite(boolean rest) {
    Sourced<String> to = get("rewrite", String.class);
    if (to == null) {
      return Optional.empty();
    }
    star(to, "rewrite", rest);
    return Optional.of(new Rewrite(to.value()));
  }

  private void star(Sourced<String> to, String key, boolean rest) {
    if (!rest && to.value().indexOf('*') >= 0) {
      errors.at(to, table + "." + key, "has a *, but the route's path has none to put there");
    }
  }

  private Optional<Fields> fields() {
    Map<String, String> toApp = set("request_headers");
    Map<String, String> toClient = set("response_headers");
    Set<String> fromRequest = removed("request_headers");
    Set<String> fromResponse = removed("response_headers");
    boolean none =
        toApp.isEmpty() && toClient.isEmpty() && fromRequest.isEmpty() && fromResponse.isEmpty();
    return none
        ? Optional.empty()
        : Optional.of(new Fields(toApp, fromRequest, toClient, fromResponse));
  }

  private Map<String, String> set(String key) {
    Map<String, String> set = new HashMap<>();
    int bytes = 0;
    for (Map.Entry<String, Sourced<String>> each :
        own.under(table + "." + key + ".set").entrySet()) {
      String name = each.getKey();
      protect(each.getValue(), name, key + ".set." + name);
      set.put(name, each.getValue().value());
      bytes += name.length() + each.getValue().value().length() + 4;
      if (bytes > MOST_FIELD_BYTES) {
        errors.at(
            each.getValue(),
            table + "." + key,
            "the fields take more than " + MOST_FIELD_BYTES + " bytes");
      }
    }
    return set;
  }

  private Set<String> removed(String key) {
    Set<String> names = new HashSet<>();
    Sourced<List<String>> said = own.list(table + "." + key + ".remove");
    if (said != null) {
      for (String name : said.value()) {
        protect(said, name, key + ".remove");
        names.add(name.toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  private void protect(Sourced<?> where, String name, String key) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (FRAMING.contains(lower) || lower.startsWith("x-forwarded-")) {
      errors.at(where, table + "." + key, name + " is the edge's own to say");
    }
  }

  private Optional<Cors> cors() {
    Sourced<List<String>> simple = own.list(table + ".cors");
    Sourced<?> any = own.any(table + ".cors");
    if (any == null) {
      return Optional.empty();
    }
    List<String> origins = simple != null ? simple.value() : list("cors.origins");
    if (origins.isEmpty()) {
      errors.at(any, table + ".cors", "names no origins; \"*\" is every one");
      return Optional.empty();
    }
    boolean credentials = Boolean.TRUE.equals(value("cors.credentials", Boolean.class));
    if (credentials && origins.contains("*")) {
      errors.at(any, table + ".cors", "credentials need named origins, not \"*\"");
      return Optional.empty();
    }
    Duration age = value("cors.max_age", Duration.class);
    return Optional.of(
        new Cors(
            origins,
            list("cors.methods"),
            list("cors.headers"),
            list("cors.expose"),
            credentials,
            age == null ? PREFLIGHT : age));
  }

  private OptionalLong bodyLimit() {
    ByteSize size = value("body_limit", ByteSize.class);
    return size == null ? OptionalLong.empty() : OptionalLong.of(size.bytes());
  }

  private Optional<Split> share(String key, @Nullable Double otherwise) {
    Sourced<?> any = own.any(table + "." + key);
    if (any == null) {
      return Optional.empty();
    }
    Destination to = destination(key, any);
    Double percent = value(key + ".percent", Double.class);
    percent = percent == null ? otherwise : percent;
    if (percent == null) {
      errors.at(any, table + "." + key, "says no percent");
    }
    return to == null || percent == null ? Optional.empty() : Optional.of(new Split(to, percent));
  }

  private @Nullable Destination destination(String key, Sourced<?> any) {
    String name = value(key + ".app", String.class);
    Destination at = value(key + ".to", Destination.class);
    if (name != null && name.equals(app)) {
      errors.at(any, table + "." + key, "goes to " + app + " itself; name another app");
      return null;
    }
    if ((name == null) == (at == null)) {
      errors.at(
          any,
          table + "." + key,
          name == null
              ? "says neither whose it is (app = \"next\") nor where it goes (to ="
                  + " \"http://127.0.0.1:9001\")"
              : "has both app and to; keep one");
      return null;
    }
    return name == null ? at : new Destination.App(name);
  }

  private List<String> list(String key) {
    Sourced<List<String>> said = own.list(table + "." + key);
    return said == null ? List.of() : said.value();
  }

  private <T> @Nullable Sourced<T> get(String key, Class<T> type) {
    return own.get(table + "." + key, type);
  }

  private <T> @Nullable T value(String key, Class<T> type) {
    Sourced<T> said = get(key, type);
    return said == null ? null : said.value();
  }
}
