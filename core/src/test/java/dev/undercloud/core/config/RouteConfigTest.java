package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.policy.Destination;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.core.policy.Mirror;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.Redirect;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.Split;
import dev.undercloud.core.route.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code [[routes]]}, {@code [tls]}, {@code [edge]} and the balance of {@code [web]} mean. */
class RouteConfigTest {
  static final String HASH =
      "pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

  @TempDir private Path temporary;
  private final Resolver resolver = new Resolver(Projects.NO_PYTHON);

  @Test
  void readsEveryOption() throws IOException {
    AppPolicy policy =
        policy(
            """
            [web]
            hosts = ["shop.example", "*.shop.example"]
            balance = "hash"
            hash_by = "cookie session"
            sticky = "replica"
            slow_start = "20s"
            in_flight = 8
            queue = 50
            queue_timeout = "3s"
            retry_percent = 5

            [[routes]]
            path = "/static/*"
            static = "assets"
            index = "home.html"

            [[routes]]
            path = "/api/*"
            host = "*.shop.example"
            hosts = "Shop.Example"
            methods = ["GET", "POST"]
            headers = { X-Version = "2", x-any = "*" }
            cache = { ttl = "60s", negative = { "404" = "10s" }, stale_while_revalidate = "30s", stale_if_error = "1h", ignore_query = ["utm_*"] }
            rate_limit = "100/s by header X-Api-Key burst 200"
            allow = ["10.0.0.0/8", "::1"]
            deny = "10.1.2.3"
            basic_auth = { ann = "%s" }
            rewrite = "/v1/*"
            request_headers = { set = { X-From = "edge" }, remove = ["X-Debug"] }
            response_headers = { set = { X-Frame-Options = "DENY" }, remove = ["Server"] }
            cors = { origins = ["https://a.example"], methods = ["PUT"], headers = ["X-A"], expose = ["X-B"], credentials = true, max_age = "1h" }
            compress = false
            body_limit = "1MiB"
            mirror = { app = "next", percent = 10 }
            split = { app = "beta", percent = 2.5 }

            [[routes]]
            path = "/old*"
            redirect = { to = "/new*", status = 308 }

            [[routes]]
            path = "/away"
            redirect = "https://example.org/"

            [edge]
            trusted_proxies = ["192.0.2.0/24"]
            proxy_protocol = true
            """
                .formatted(HASH));
    assertThat(policy.balance())
        .isEqualTo(
            new Balance(
                Balance.Policy.HASH,
                "cookie session",
                Optional.of("replica"),
                Duration.ofSeconds(20),
                8,
                50,
                Duration.ofSeconds(3),
                5));
    RouteRule files = policy.routes().getFirst();
    assertThat(files.name()).isEqualTo("undercloud.toml:13");
    assertThat(files.options().files().orElseThrow().folder())
        .isEqualTo(temporary.resolve("shop/assets").toAbsolutePath());
    assertThat(files.options().files().orElseThrow().prefix()).isEqualTo("/static/");
    assertThat(files.options().files().orElseThrow().index()).isEqualTo("home.html");
    RouteRule api = policy.routes().get(1);
    assertThat(api.hosts()).containsExactly("*.shop.example", "shop.example");
    assertThat(api.methods()).containsExactlyInAnyOrder("GET", "POST");
    assertThat(api.headers()).isEqualTo(Map.of("x-version", "2", "x-any", "*"));
    CacheRule cache = api.options().cache().orElseThrow();
    assertThat(cache.ttl()).contains(Duration.ofMinutes(1));
    assertThat(cache.negative()).isEqualTo(Map.of(404, Duration.ofSeconds(10)));
    assertThat(cache.staleIfError()).contains(Duration.ofHours(1));
    assertThat(cache.ignoredParameters()).containsExactly("utm_*");
    assertThat(api.options().access().orElseThrow().users()).containsOnlyKeys("ann");
    assertThat(api.options().access().orElseThrow().allow()).containsExactly("10.0.0.0/8", "::1");
    assertThat(api.options().rewrite().orElseThrow().to()).isEqualTo("/v1/*");
    assertThat(api.options().fields().orElseThrow().removeFromResponse()).containsExactly("server");
    assertThat(api.options().cors().orElseThrow().maxAge()).isEqualTo(Duration.ofHours(1));
    assertThat(api.options().compress()).contains(false);
    assertThat(api.options().bodyLimit()).hasValue(1 << 20);
    assertThat(api.options().mirror()).contains(new Mirror("next", 10));
    assertThat(api.options().split()).contains(new Split("beta", 2.5));
    assertThat(policy.routes().get(2).options().redirect()).contains(new Redirect(308, "/new*"));
    assertThat(policy.routes().get(3).options().redirect())
        .contains(new Redirect(302, "https://example.org/"));
    assertThat(policy.ingress()).isEqualTo(new Ingress(List.of("192.0.2.0/24"), true));
  }

  static Arguments[] rates() {
    return new Arguments[] {
      rate("5/min by address", 5, "1m", 5, RateLimit.By.ADDRESS, null),
      rate("5/min", 5, "1m", 5, RateLimit.By.ADDRESS, null),
      rate("100/s by header X-Api-Key", 100, "1s", 100, RateLimit.By.HEADER, "x-api-key"),
      rate("10/m by route burst 3", 10, "1m", 3, RateLimit.By.ROUTE, null),
      rate("10 / 5 minutes by route", 10, "5m", 10, RateLimit.By.ROUTE, null),
      rate("1/day by address burst 2", 1, "1d", 2, RateLimit.By.ADDRESS, null),
      rate("3/hours", 3, "1h", 3, RateLimit.By.ADDRESS, null),
    };
  }

  private static Arguments rate(
      String text, int count, String period, int burst, RateLimit.By by, String header) {
    return Arguments.of(
        text,
        new RateLimit(
            count,
            dev.undercloud.core.unit.Durations.parse(period),
            burst,
            by,
            Optional.ofNullable(header)));
  }

  @ParameterizedTest
  @MethodSource("rates")
  void readsRates(String text, RateLimit expected) throws IOException {
    AppPolicy policy = policy("[[routes]]\npath = \"/\"\nrate_limit = \"" + text + "\"");
    assertThat(policy.routes().getFirst().options().rateLimit()).contains(expected);
  }

  static Arguments[] mistakes() {
    return new Arguments[] {
      bad("[[routes]]\npath = 3", "2: routes[0].path: 3 is not a path that begins with a slash"),
      bad("[[routes]]\npath = \"api\"", "2: routes[0].path: \"api\" is not a path"),
      bad("[[routes]]\npath = \"/a*b\"", "2: routes[0].path: \"/a*b\" is not a path"),
      bad("[[routes]]\npath = \"/a?b\"", "2: routes[0].path: \"/a?b\" is not a path"),
      bad("[[routes]]\npath = \"/é\"", "2: routes[0].path: \"/é\" is not a path"),
      bad("name = \"a\"\n\n[[routes]]\nstatic = \"x\"", "3: routes[0]: has no path"),
      bad("[[routes]]\npath = \"/\"\n[[routes]]\npth = \"/\"", "4: routes[1].pth: unknown key"),
      bad("routes = 3", "1: routes: 3 is not a list of tables; write [[routes]]"),
      bad("[routes]\npath = \"/\"", "1: routes: a table is not a list of tables"),
      bad("routes = [3]", "1: routes[0]: 3 is not a table; write [[routes]]"),
      route("methods = \"get\"", "\"get\" is not a method, in capital letters"),
      route("host = \"http://x\"", "\"http://x\" is not a host name"),
      route("host = \"*\"", "\"*\" is not a host name"),
      route("host = \"a.*.b\"", "\"a.*.b\" is not a host name"),
      route("host = \"*.com*\"", "\"*.com*\" is not a host name"),
      route("headers = { \"a b\" = \"c\" }", "\"a b\" is not a header name"),
      route("headers = { a_b = \"c\" }", "\"a_b\" is not a header name"),
      route("headers = { a = \"c\\nd\" }", "\"c\\nd\" is not a header value"),
      route("static = \"x\"", "files need a path that ends with /*"),
      bad(
          "[[routes]]\npath = \"/a/*\"\nstatic = \"/etc\"",
          "3: routes[0].static: /etc lies outside of the project"),
      bad(
          "[[routes]]\npath = \"/a/*\"\nstatic = \"../b\"",
          "3: routes[0].static: ../b lies outside of the project"),
      route("index = \"x.html\"", "is for folders of files: it needs `static`"),
      route("static = \"x\"\nindex = \"a/b.html\"", "a file's name, without folders"),
      route("static = \"x\"\nindex = \".hidden\"", "a file's name, without folders"),
      route("cache = 60", "60 is not a duration in quotes"),
      route("cache = \"never\"", "\"never\" is not a duration"),
      route("cache = { tll = \"1s\" }", "unknown key; known here: ttl, negative"),
      route("cache = { negative = { \"200\" = \"1s\" } }", "\"200\" is not a status from 300"),
      route("rate_limit = 5", "5 is not a rate in quotes"),
      route("rate_limit = \"5\"", "\"5\" is not a rate; write it like"),
      route("rate_limit = \"0/s\"", "\"0/s\" lets nothing pass"),
      route("rate_limit = \"5/s burst 0\"", "\"5/s burst 0\" lets nothing pass"),
      route("rate_limit = \"5/s by header\"", "\"5/s by header\" is not a rate"),
      route("rate_limit = \"5/s by cookie\"", "\"5/s by cookie\" is not a rate"),
      route("rate_limit = \"5/fortnight\"", "\"5/fortnight\" is not a rate"),
      route("rate_limit = \"200000/s\"", "\"200000/s\" is not between 1/30d and 100000/s"),
      route("rate_limit = \"1/31d\"", "\"1/31d\" is not between"),
      route("rate_limit = \"1/99999999999999d\"", "\"1/99999999999999d\" is not between"),
      route("rate_limit = \"1/0s\"", "\"1/0s\" is not between"),
      route("allow = \"10.0.0.1/8\"", "\"10.0.0.1/8\" has bits behind its prefix"),
      route("allow = \"10.0.0.0/33\"", "\"10.0.0.0/33\" does not end in a prefix length"),
      route("deny = [\"example.org\"]", "\"example.org\" is not an address or block"),
      route("deny = \"010.0.0.1\"", "\"010.0.0.1\" is not an address"),
      route("deny = \"10.1\"", "\"10.1\" is not an address"),
      route("deny = \"::1%lo\"", "\"::1%lo\" is not an address"),
      route("basic_auth = { ann = \"secret\" }", "not a password hash; `undercloud config"),
      route("basic_auth = { \"a:b\" = \"x\" }", "\"a:b\" is not a user's name"),
      route("basic_auth = \"gone.txt\"", "there is no readable file"),
      route("redirect = \"ftp://x\"", "\"ftp://x\" is not a path or an http(s) URL"),
      route("redirect = \"/a*\"", "has a *, but the route's path has none"),
      route("redirect = { to = \"/a\", status = 304 }", "304 is not 301, 302, 303, 307 or 308"),
      route("redirect = { status = 301 }", "says no `to`"),
      route("redirect = \"/a\"\nrewrite = \"/b\"", "a route that redirects has no use for rewrite"),
      route("rewrite = \"b\"", "\"b\" is not a path"),
      route("rewrite = \"/b*\"", "has a *, but the route's path has none"),
      route("request_headers = { set = { Host = \"x\" } }", "Host is the edge's own to say"),
      route("request_headers = { set = { X-Forwarded-For = \"x\" } }", "X-Forwarded-For is the"),
      route("response_headers = { remove = \"Content-Length\" }", "Content-Length is the edge's"),
      route("response_headers = { sett = {} }", "unknown key; known here: set, remove"),
      route("cors = []", "names no origins"),
      route("cors = \"example.org\"", "\"example.org\" is not an origin"),
      route("cors = \"https://example.org/\"", "\"https://example.org/\" is not an origin"),
      route("cors = { origins = \"*\", credentials = true }", "credentials need named origins"),
      route("compress = \"yes\"", "\"yes\" is not true or false"),
      route("body_limit = 5", "5 is not a size in quotes"),
      route("mirror = { percent = 3 }", "says neither whose it is"),
      route("mirror = { app = \"x\", to = \"unix:/s\" }", "has both app and to"),
      route("split = { app = \"x\" }", "says no percent"),
      route("split = { app = \"shop\", percent = 3 }", "goes to shop itself"),
      route("mirror = { to = \"127.0.0.1:80\" }", "\"127.0.0.1:80\" is not an address"),
      route("mirror = { to = \"http://127.0.0.1/x\" }", "is not an address"),
      route("mirror = { to = \"http://127.0.0.1:99999\" }", "not a port"),
      route("mirror = { to = \"http://next.example:80\" }", "has a name for a host"),
      route("mirror = { to = \"http://1.2.3.400\" }", "has a name for a host"),
      route("mirror = { to = \"https://127.0.0.1\" }", "is spoken to without TLS only"),
      route("mirror = { to = \"unix:%s\" }".formatted("/x".repeat(60)), "over 107 bytes"),
      route("redirect = \"/x\"", "3: routes[0].redirect: /x is matched by /x again"),
      route("redirect = \"/x?y\"", "is matched by /x again"),
      route("redirect = { to = \"/x\", status = 301 }", "is matched by /x again"),
      route("host = \"shop.localhost\"\nredirect = \"https://shop.localhost/x\"", "in a circle"),
      bad("[[routes]]\npath = \"/x/*\"\nredirect = \"/x/y\"", "3: routes[0].redirect: /x/y is"),
      bad("[[routes]]\npath = \"/x/*\"\nredirect = \"/x/y/*\"", "3: routes[0].redirect: /x/y/*"),
      route("methods = []", "3: routes[0].methods: is empty"),
      route("allow = []", "3: routes[0].allow: is empty"),
      route("hosts = []", "3: routes[0].hosts: is empty"),
      route("body_limit = \"10\"", "\"10\" has no unit; write \"10MB\""),
      bad("[tls.acme]\nnames = \"a.org\"", "2: tls.acme.names: a.org is none of the app's hosts"),
      route("mirror = { app = \"x\", percent = 101 }", "101 is not a number from 0.0 to 100"),
      route("split = { app = \"x\" }", "says no percent"),
      bad("[web]\nbalance = \"best\"", "2: web.balance: \"best\" is not one of \"latency\""),
      bad("[web]\nhash_by = \"cookie\"", "2: web.hash_by: \"cookie\" is not \"address\""),
      bad("[web]\nsticky = \"a b\"", "2: web.sticky: \"a b\" is not a cookie's name"),
      bad("[web]\nin_flight = 0", "2: web.in_flight: 0 is not a whole number from 1"),
      bad("[web]\nretry_percent = 101", "2: web.retry_percent: 101 is not a whole number"),
      bad("[tls]\ncertificate = \"c.pem\"", "2: tls.certificate: needs its private key"),
      bad("[tls]\nkey = \"k.pem\"", "2: tls.key: needs the certificate"),
      bad("[tls]\nclient_ca = \"gone.pem\"", "2: tls.client_ca: there is no readable file"),
      bad("[tls]\nhsts = true", "2: tls.hsts: true is not a duration"),
      bad("[tls.acme]\nemail = \"a@b\"", "2: tls.acme: says no names"),
      bad("[tls.acme]\nnames = \"*.a.org\"", "2: tls.acme.names: a wildcard needs challenge"),
      bad("[tls.acme]\nchallenge = \"x\"", "2: tls.acme.challenge: \"x\" is not one of"),
      bad("[edge]\nproxy_protocol = true", "2: edge.proxy_protocol: needs edge.trusted_proxies"),
      bad("[edge]\ntrusted_proxies = \"proxy\"", "2: edge.trusted_proxies: \"proxy\" is not"),
      bad("[web.timeouts]\nresponse = \"2m\"", "2: web.timeouts.response: 2m for the first byte"),
    };
  }

  private static Arguments bad(String text, String expected) {
    return Arguments.of(text, "undercloud.toml:" + expected);
  }

  private static Arguments route(String line, String expected) {
    return Arguments.of("[[routes]]\npath = \"/x\"\n" + line, expected);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void saysWhereAndWhy(String text, String expected) throws IOException {
    Path directory = Projects.make(temporary, "undercloud.toml", text, "Procfile", "web: a $PORT");
    assertThat(resolver.check(directory))
        .allSatisfy(error -> assertThat(error.line()).isPositive())
        .extracting(ConfigError::sentence)
        .anySatisfy(s -> assertThat(s).startsWith("undercloud.toml:").contains(expected));
  }

  @Test
  void tellsAllMistakesOfAllRoutesAtOnce() throws IOException {
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            "[[routes]]\npath = 3\n\n[[routes]]\npath = \"/a\"\nstatic = \"x\"\nbody_limit = 1\n\n[tls]\nkey = \"k\"\n",
            "Procfile",
            "web: a $PORT");
    assertThat(resolver.check(directory)).extracting(ConfigError::line).contains(2, 6, 7, 10);
  }

  @Test
  void usersOfAFileAreCheckedWithTheirLines() throws IOException {
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            "[[routes]]\npath = \"/*\"\nbasic_auth = \"users.txt\"",
            "users.txt",
            "# team\nann:" + HASH + "\n\nbob\n:x\nbob:plain\n",
            "Procfile",
            "web: a $PORT");
    assertThat(resolver.check(directory))
        .extracting(ConfigError::sentence)
        .containsExactly(
            "users.txt:4: \"\" is not a user's name; write name:hash",
            "users.txt:5: \"\" is not a user's name; write name:hash",
            "users.txt:6: bob: not a password hash; `undercloud config password` makes one");
  }

  @Test
  void hashesAreNotShown() throws IOException {
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            "[[routes]]\npath = \"/*\"\nbasic_auth = { ann = \"" + HASH + "\" }",
            "Procfile",
            "web: a $PORT");
    assertThat(resolver.resolve(directory, CliOverrides.NONE).settings())
        .noneMatch(setting -> setting.value().contains("pbkdf2"))
        .anySatisfy(setting -> {
          assertThat(setting.key()).isEqualTo("routes[0].basic_auth.ann");
          assertThat(setting.line()).isEqualTo(3);
        });
  }

  private AppPolicy policy(String text) throws IOException {
    Path directory = Projects.make(temporary, "undercloud.toml", text, "Procfile", "web: a $PORT");
    return resolver.resolve(directory, CliOverrides.NONE).policy();
  }

  @Test
  void readsWhereOthersAre() throws IOException {
    List<RouteRule> routes =
        policy(
                """
                [[routes]]
                path = "/a"
                split = { to = "http://127.0.0.1:9001", percent = 5 }
                mirror = { to = "unix:/run/next.sock" }
                [[routes]]
                path = "/b"
                split = { to = "http://localhost", percent = 5 }
                mirror = { to = "http://[::1]:81/" }
                """)
            .routes();
    assertThat(routes.getFirst().options().split().orElseThrow().to())
        .isEqualTo(new Destination.At("http://127.0.0.1:9001", new Address.Tcp("127.0.0.1", 9001)));
    assertThat(routes.getFirst().options().mirror().orElseThrow().to())
        .isEqualTo(
            new Destination.At("unix:/run/next.sock", new Address.Unix(Path.of("/run/next.sock"))));
    assertThat(routes.getLast().options().split().orElseThrow().to())
        .isEqualTo(new Destination.At("http://127.0.0.1:80", new Address.Tcp("127.0.0.1", 80)));
    assertThat(routes.getLast().options().mirror().orElseThrow().to())
        .isEqualTo(new Destination.At("http://[::1]:81", new Address.Tcp("::1", 81)));
  }

  static Arguments[] doubts() {
    return new Arguments[] {
      route(
          "host = \"nothere.example\"",
          "undercloud.toml:3: routes[0].host: nothere.example is none of the app's hosts"),
      Arguments.of(
          "[[routes]]\npath = \"/*\"\n[[routes]]\npath = \"/x\"",
          "undercloud.toml:4: routes[1].path: no request gets as far as /x: the route of line 2"),
      Arguments.of(
          "[[routes]]\npath = \"/x\"\nmethods = [\"GET\", \"PUT\"]\n[[routes]]\npath = \"/x\"\nmethods = \"PUT\"",
          "undercloud.toml:5: routes[1].path: no request"),
    };
  }

  @ParameterizedTest
  @MethodSource("doubts")
  void doubtsWhatCannotBeMeant(String text, String expected) throws IOException {
    Path directory = Projects.make(temporary, "undercloud.toml", text, "Procfile", "web: a $PORT");
    Resolver.Checked checked = resolver.examine(directory);
    assertThat(checked.errors()).isEmpty();
    assertThat(checked.warnings()).anySatisfy(w -> assertThat(w).startsWith(expected));
  }

  static Arguments[] sound() {
    return new Arguments[] {
      Arguments.of("[[routes]]\npath = \"/x/y\"\n[[routes]]\npath = \"/x/*\"\nredirect = \"/x/y\""),
      route("redirect = \"/y\"", ""),
      route("redirect = \"https://other.example/x\"", ""),
      route("methods = \"POST\"\nredirect = \"/x\"", ""),
      route("headers = { X-Old = \"*\" }\nredirect = \"/x\"", ""),
      route("host = \"localhost\"", ""),
      route("host = \"a.shop.example\"\n[web]\nhosts = \"*.shop.example\"", ""),
      route("host = \"*.shop.example\"\n[web]\nhosts = \"a.shop.example\"", ""),
      route("body_limit = \"0\"", ""),
      Arguments.of("[[routes]]\npath = \"/*\"\nmethods = \"GET\"\n[[routes]]\npath = \"/x\"", ""),
      Arguments.of("[[routes]]\npath = \"/x\"\n[[routes]]\npath = \"/*\"", ""),
    };
  }

  @ParameterizedTest
  @MethodSource("sound")
  void whatMakesSensePasses(String text) throws IOException {
    Path directory = Projects.make(temporary, "undercloud.toml", text, "Procfile", "web: a $PORT");
    Resolver.Checked checked = resolver.examine(directory);
    assertThat(checked.errors()).isEmpty();
    assertThat(checked.warnings()).noneMatch(w -> w.contains("routes["));
  }
}
