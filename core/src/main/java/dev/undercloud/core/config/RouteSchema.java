package dev.undercloud.core.config;

import static dev.undercloud.core.config.ValueType.duration;
import static dev.undercloud.core.config.ValueType.flag;
import static dev.undercloud.core.config.ValueType.integer;
import static dev.undercloud.core.config.ValueType.number;
import static dev.undercloud.core.config.ValueType.oneOf;
import static dev.undercloud.core.config.ValueType.text;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of what the edge does: {@code [[routes]]}, {@code [tls]}, {@code [edge]}, balance. */
final class RouteSchema {
  /** Longer than a year nothing is fresh, and two years are what browsers ask of HSTS at most. */
  private static final Duration AGES = Duration.ofDays(3660);

  private static final Pattern SOME_TEXT = Pattern.compile("\\S(?:.*\\S)?");
  private static final Pattern COOKIE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern HASH_BY =
      Pattern.compile("address|cookie [A-Za-z0-9_-]{1,64}|header [A-Za-z0-9-]{1,128}");
  private static final int MOST_IN_FLIGHT = 1_000_000;

  private static final Pattern FILE_NAME = Pattern.compile("(?!\\.)[^/\\x00-\\x1f]{1,64}");
  private static final ValueType FILE = text(SOME_TEXT, "a file or folder");
  private static final ValueType APP = text(ValueType.APP_NAME, "an app's name");

  private static final Shape.Table CACHE =
      Shape.Table.empty()
          .with("ttl", duration(AGES))
          .with(
              "negative",
              new Shape.Named(
                  Pattern.compile("[345]\\d\\d"), "a status from 300 to 599", duration(AGES)))
          .with("stale_while_revalidate", duration(AGES))
          .with("stale_if_error", duration(AGES))
          .with("ignore_query", RuleTypes.texts("a list of query parameters"));

  private static final Shape.Table HEADERS =
      Shape.Table.empty()
          .with(
              "set", new Shape.Named(RuleTypes.FIELD_NAME, "a header name", RuleTypes.fieldValue()))
          .with("remove", RuleTypes.fieldNames());

  private static final Shape.Table CORS =
      Shape.Table.empty()
          .with("origins", RuleTypes.origins())
          .with("methods", RuleTypes.methods())
          .with("headers", RuleTypes.fieldNames())
          .with("expose", RuleTypes.fieldNames())
          .with("credentials", flag())
          .with("max_age", duration(AGES));

  private static final Shape.Table SHARE =
      Shape.Table.empty()
          .with("app", APP)
          .with("to", RuleTypes.destination())
          .with("percent", number(0, 100));

  private static final Shape.Table ROUTE =
      Shape.Table.empty()
          .with("path", RuleTypes.pathPattern())
          .with("host", ValueType.hosts())
          .with("hosts", ValueType.hosts())
          .with("methods", RuleTypes.methods())
          .with(
              "headers",
              new Shape.Named(RuleTypes.FIELD_NAME, "a header name", RuleTypes.fieldValue()))
          .with("static", FILE)
          .with("index", text(FILE_NAME, "a file's name, without folders"))
          .with("cache", new Shape.Either(RuleTypes.freshness(duration(AGES)), CACHE))
          .with("rate_limit", RuleTypes.rate())
          .with("allow", RuleTypes.addresses())
          .with("deny", RuleTypes.addresses())
          .with(
              "basic_auth",
              new Shape.Either(
                  FILE,
                  new Shape.Named(
                      RuleTypes.USER, "a user's name, without colon", RuleTypes.passwordHash())))
          .with(
              "redirect",
              new Shape.Either(
                  RuleTypes.location(),
                  Shape.Table.empty()
                      .with("to", RuleTypes.location())
                      .with("status", integer(301, 308))))
          .with("rewrite", RuleTypes.target())
          .with("request_headers", HEADERS)
          .with("response_headers", HEADERS)
          .with("cors", new Shape.Either(RuleTypes.origins(), CORS))
          .with("compress", flag())
          .with("body_limit", RuleTypes.anySize())
          .with("mirror", SHARE)
          .with("split", SHARE);

  static final Shape ROUTES = new Shape.Tables(ROUTE, List.of("path"));

  static final Shape.Table TLS =
      Shape.Table.empty()
          .with("certificate", FILE)
          .with("key", FILE)
          .with("client_ca", FILE)
          .with("redirect", flag())
          .with("hsts", duration(AGES))
          .with(
              "acme",
              Shape.Table.empty()
                  .with("directory", text(Pattern.compile("https?://[!-~]+"), "a URL"))
                  .with("names", ValueType.hosts())
                  .with("email", text(Pattern.compile("[!-~]+@[!-~]+"), "an e-mail address"))
                  .with(
                      "challenge",
                      oneOf(List.of("http-01", "tls-alpn-01", "dns-01"), "; ACME has no other")));

  static final Shape.Table EDGE =
      Shape.Table.empty()
          .with("trusted_proxies", RuleTypes.addresses())
          .with("proxy_protocol", flag());

  private RouteSchema() {}

  /** The keys of {@code [web]} that say how a replica is chosen. */
  static Shape.Table balance(Shape.Table web, Duration longest) {
    return web.with(
            "balance",
            oneOf(
                List.of("latency", "round_robin", "least_requests", "hash"), "; there is no other"))
        .with("hash_by", text(HASH_BY, "\"address\", \"cookie NAME\" or \"header NAME\""))
        .with("sticky", text(COOKIE, "a cookie's name"))
        .with("slow_start", duration(longest))
        .with("in_flight", integer(1, MOST_IN_FLIGHT))
        .with("queue", integer(0, MOST_IN_FLIGHT))
        .with("queue_timeout", duration(longest))
        .with("retry_percent", integer(0, 100));
  }
}
