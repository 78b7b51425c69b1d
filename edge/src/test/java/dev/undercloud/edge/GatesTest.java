package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Cors;
import dev.undercloud.core.policy.Fields;
import dev.undercloud.core.policy.Maintenance;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules do with requests, seen from a client and from a replica that records. */
@Timeout(60)
class GatesTest {
  @TempDir Path folder;
  private Rig rig;
  private RecordingUpstream replica;

  @BeforeEach
  void start() {
    rig = new Rig();
    replica = new RecordingUpstream(folder.resolve("a"));
    rig.serve(List.of(replica.address()));
  }

  @AfterEach
  void end() {
    rig.close();
    replica.close();
  }

  private Wire.Response say(String request) throws Exception {
    try (Wire client = rig.connect()) {
      return client.send(request).response(request.startsWith("HEAD"));
    }
  }

  private Wire.Response get(String path, String... fields) throws Exception {
    return say(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: app.localhost\r\n"
            + String.join("", List.of(fields).stream().map(f -> f + "\r\n").toList())
            + "\r\n");
  }

  // ---------------------------------------------------------------- path confusion

  /** Every way to write a path below /admin that some app might take for it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/admin",
        "/admin/",
        "/admin/x",
        "//admin/x",
        "/admin//x",
        "/./admin/x",
        "/x/../admin/x",
        "/x/%2e%2e/admin/x",
        "/x/.%2e/admin/x",
        "/x/%2E%2E/admin/x",
        "/x/..;/admin/x",
        "/x/..;a=b/admin/x",
        "/x/..%3b/admin/x",
        "/%61dmin/x",
        "/%61%64%6d%69%6e/x",
        "/admin%2fx",
        "/admin%2Fx",
        "/admin%5cx",
        "/admin\\x",
        "\\admin\\x",
        "/x\\..\\admin\\x",
        "/admin;v=1/x",
        "/admin;/x",
        "/;/admin/x",
        "/x/..%2fadmin%2fx",
        "/x%2f..%2fadmin/x",
        "/x/..%5cadmin/x",
        "/admin/../public",
        "/admin/..;/public",
        "/admin%2f..%2fpublic",
        "/%61dmin/../public",
        "/admin/%2e%2e/public",
        "/admin\\..\\public",
        "/admin/x/../../public",
        "/admin/.",
        "/admin%2f",
        "/admin%2f%2e",
        "/public/../admin/x",
        "/public/..%2fadmin/x",
        "/public%2f..%2fadmin",
        "http://app.localhost/admin/x",
        "/admin/x?public",
        "/admin?x",
        "/public//../admin/x",
        "/public/%252e%252e/../../admin/x"
      })
  void noPathSkipsAProtection(String path) throws Exception {
    rig.rules(Policy.route("/public*").and("/admin/*").deny("0.0.0.0/0", "::/0").and("/*").end());
    boolean target = path.startsWith("/") || path.startsWith("http");
    assertThat(get(path).status()).isEqualTo(target ? 403 : 400);
    assertThat(replica.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..",
        "/../admin",
        "/%2e%2e/admin",
        "/x/../../admin",
        "/..;/admin",
        "/..%2fadmin",
        "/%00",
        "/admin%00",
        "/x%00/../admin",
        "/%",
        "/%zz",
        "/%4",
        "/x%",
        "/%c0%ae%c0%ae/admin",
        "/x/%c0%ae%c0%ae/admin",
        "/%c0%afadmin",
        "/%e0%80%afadmin",
        "/x/..\\..\\admin"
      })
  void noPathMeansNothing(String path) throws Exception {
    rig.rules(Policy.route("/admin/*").deny("0.0.0.0/0").end());
    Wire.Response response = get(path);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.text()).contains("path");
    assertThat(replica.requests).isEmpty();
    assertThat(rig.exchange().outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/administrator",
        "/x/admin",
        "/public/x",
        "/adminx/",
        "/x%20y",
        "/a;b",
        "/%41"
      })
  void otherPathsPassAsTheyAre(String path) throws Exception {
    rig.rules(Policy.route("/admin/*").deny("0.0.0.0/0").end());
    assertThat(get(path).text()).isEqualTo("GET " + path + " ");
  }

  @Test
  void theFirstRuleThatMatchesDecides() throws Exception {
    rig.rules(
        Policy.route("/open/*")
            .and("/*")
            .methods("POST")
            .header("x-key", "k")
            .and("/*")
            .hosts("*.localhost")
            .deny("127.0.0.0/8")
            .end());
    assertThat(get("/open/x").status()).isEqualTo(200);
    assertThat(get("/closed").status()).isEqualTo(403);
    String post = "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 0\r\n";
    assertThat(say(post + "X-Key: k\r\n\r\n").status()).isEqualTo(200);
    assertThat(say(post + "X-Key: l\r\n\r\n").status()).isEqualTo(403);
    assertThat(say(post + "\r\n").status()).isEqualTo(403);
    assertThat(say("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status()).isEqualTo(200);
  }

  @Test
  void aRuleForGetIsOneForHead() throws Exception {
    rig.rules(Policy.route("/*").methods("GET").deny("127.0.0.1").end());
    assertThat(say("HEAD / HTTP/1.1\r\nHost: app.localhost\r\n\r\n").status()).isEqualTo(403);
    assertThat(say("DELETE / HTTP/1.1\r\nHost: app.localhost\r\n\r\n").status()).isEqualTo(200);
  }

  // ---------------------------------------------------------------- limits

  @Test
  void limitsSpeak() throws Exception {
    rig.rules(
        Policy.route("/few").limit(2, Duration.ofMinutes(1), RateLimit.By.ADDRESS, null).end());
    Wire.Response first = get("/few");
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.field("ratelimit-policy")).isEqualTo("\"default\";q=2;w=60");
    assertThat(first.field("ratelimit")).isEqualTo("\"default\";r=1;t=30");
    assertThat(get("/few").status()).isEqualTo(200);
    Wire.Response third = get("/few");
    assertThat(third.status()).isEqualTo(429);
    assertThat(Integer.parseInt(third.field("retry-after"))).isBetween(1, 30);
    assertThat(third.field("ratelimit")).startsWith("\"default\";r=0;t=");
    assertThat(third.text()).contains("2/min by address");
    assertThat(get("/other").status()).isEqualTo(200);
    rig.rules(
        Policy.route("/new")
            .and("/few")
            .limit(2, Duration.ofMinutes(1), RateLimit.By.ADDRESS, null)
            .end());
    assertThat(get("/few").status()).as("a change of other rules forgives nothing").isEqualTo(429);
    assertThat(replica.requests).hasSize(3);
  }

  @Test
  void limitsByHeaderTellClientsApart() throws Exception {
    rig.rules(
        Policy.route("/*").limit(1, Duration.ofMinutes(1), RateLimit.By.HEADER, "x-key").end());
    assertThat(get("/", "X-Key: a").status()).isEqualTo(200);
    assertThat(get("/", "x-key: a").status()).isEqualTo(429);
    assertThat(get("/", "X-Key: b").status()).isEqualTo(200);
    assertThat(get("/").status()).isEqualTo(200);
    assertThat(get("/").status()).isEqualTo(429);
  }

  @Test
  void bodiesAreMeasuredBeforeAndWhileTheyCome() throws Exception {
    rig.rules(Policy.route("/up").bodyLimit(10).end());
    String post = "POST /up HTTP/1.1\r\nHost: app.localhost\r\n";
    assertThat(say(post + "Content-Length: 10\r\n\r\n0123456789").status()).isEqualTo(200);
    Wire.Response announced = say(post + "Content-Length: 11\r\n\r\n01234567890");
    assertThat(announced.status()).isEqualTo(413);
    assertThat(announced.text()).contains("10 B");
    String chunked = post + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n";
    assertThat(say(chunked + "5\r\n56789\r\n0\r\n\r\n").status()).isEqualTo(200);
    assertThat(say(chunked + "6\r\n567890\r\n0\r\n\r\n").status()).isEqualTo(413);
    assertThat(say(post.replace("/up", "/%75p") + "Content-Length: 11\r\n\r\n01234567890").status())
        .isEqualTo(413);
    Wire.Response expecting = say(post + "Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
    assertThat(expecting.status()).isEqualTo(413);
  }

  // ---------------------------------------------------------------- what is changed

  @Test
  void pathsAreRewritten() throws Exception {
    rig.rules(
        Policy.route("/api/*")
            .rewrite("/v1/*")
            .and("/one")
            .rewrite("/two?x=1")
            .and("/same/*")
            .rewrite("/fixed")
            .end());
    assertThat(get("/api/a/b?c=d").text()).isEqualTo("GET /v1/a/b?c=d ");
    assertThat(get("/api/%20%3f%25?q").text()).isEqualTo("GET /v1/%20%3F%25?q ");
    assertThat(get("/api/").text()).isEqualTo("GET /v1/ ");
    assertThat(get("/x/../api/y").text()).isEqualTo("GET /v1/y ");
    assertThat(get("/one?y=2").text()).isEqualTo("GET /two?x=1 ");
    assertThat(get("/same/x?y").text()).isEqualTo("GET /fixed?y ");
    String long1 = "/api/" + "a".repeat(16_000);
    assertThat(get(long1).text()).isEqualTo("GET /v1/" + "a".repeat(16_000) + " ");
  }

  @Test
  void redirectsSayWhere() throws Exception {
    rig.rules(
        Policy.route("/blog/*")
            .redirect(301, "https://blog.example/*")
            .and("/old")
            .redirect(308, "/new")
            .end());
    Wire.Response moved = get("/blog/a%0d%0aX:%20y?q=1");
    assertThat(moved.status()).isEqualTo(301);
    assertThat(moved.field("location")).isEqualTo("https://blog.example/a%0D%0AX:%20y?q=1");
    assertThat(get("/old").field("location")).isEqualTo("/new");
    assertThat(rig.exchange().status).isEqualTo(301);
    assertThat(replica.requests).isEmpty();
  }

  @Test
  void fieldsAreSetAndRemovedBothWays() throws Exception {
    Fields fields =
        new Fields(
            Map.of("X-From", "edge", "X-Both", "new"),
            Set.of("x-debug", "cookie"),
            Map.of("X-Frame-Options", "DENY"),
            Set.of("content-type"));
    rig.rules(Policy.route("/*").fields(fields).end());
    Wire.Response response =
        get("/", "X-Debug: 1", "Cookie: a=b", "X-DEBUG: 2", "X-Both: old", "X-Other: stays");
    assertThat(response.field("x-frame-options")).isEqualTo("DENY");
    assertThat(replica.everything())
        .contains("X-From: edge\r\n", "X-Both: new\r\n", "X-Other: stays\r\n")
        .doesNotContain("X-Debug", "X-DEBUG", "Cookie", "old");
  }

  // ---------------------------------------------------------------- CORS

  private static final Cors CORS =
      new Cors(
          List.of("https://a.example", "https://b.example:8443"),
          List.of("PUT"),
          List.of("X-Token"),
          List.of("X-Total"),
          true,
          Duration.ofMinutes(10));

  @Test
  void preflightsAreAnswered() throws Exception {
    rig.rules(Policy.route("/api/*").methods("PUT").cors(CORS).end());
    String ask =
        "OPTIONS /api/x HTTP/1.1\r\nHost: app.localhost\r\nAccess-Control-Request-Method: PUT\r\n";
    Wire.Response yes = say(ask + "Origin: https://a.example\r\n\r\n");
    assertThat(yes.status()).isEqualTo(204);
    assertThat(yes.field("access-control-allow-origin")).isEqualTo("https://a.example");
    assertThat(yes.field("access-control-allow-credentials")).isEqualTo("true");
    assertThat(yes.field("access-control-allow-methods")).isEqualTo("GET, HEAD, POST, PUT");
    assertThat(yes.field("access-control-allow-headers")).isEqualTo("X-Token");
    assertThat(yes.field("access-control-max-age")).isEqualTo("600");
    assertThat(yes.field("vary")).contains("Origin").contains("Access-Control-Request-Method");
    assertThat(yes.field("content-length")).isNull();
    for (String stranger :
        new String[] {
          "https://a.example.evil", "http://a.example", "https://a.example:8443", "null", "*", ""
        }) {
      Wire.Response no = say(ask + "Origin: " + stranger + "\r\n\r\n");
      assertThat(no.status()).as(stranger).isEqualTo(204);
      assertThat(no.field("access-control-allow-origin")).as(stranger).isNull();
      assertThat(no.field("vary")).contains("Origin");
    }
    assertThat(replica.requests).isEmpty();
  }

  @Test
  void otherCrossOriginRequestsGetTheirFields() throws Exception {
    rig.rules(Policy.route("/*").cors(CORS).end());
    Wire.Response yes = get("/", "Origin: https://b.example:8443");
    assertThat(yes.status()).isEqualTo(200);
    assertThat(yes.field("access-control-allow-origin")).isEqualTo("https://b.example:8443");
    assertThat(yes.field("access-control-expose-headers")).isEqualTo("X-Total");
    assertThat(yes.field("vary")).isEqualTo("Origin");
    Wire.Response no = get("/", "Origin: https://c.example");
    assertThat(no.field("access-control-allow-origin")).isNull();
    assertThat(no.field("vary")).isEqualTo("Origin");
    assertThat(get("/").field("vary")).isEqualTo("Origin");
    Wire.Response plainOptions =
        say("OPTIONS / HTTP/1.1\r\nHost: app.localhost\r\nOrigin: https://a.example\r\n\r\n");
    assertThat(plainOptions.text()).as("no preflight: for the app").startsWith("OPTIONS /");
    Cors all =
        new Cors(List.of("*"), List.of(), List.of(), List.of(), false, Duration.ofMinutes(1));
    rig.rules(Policy.route("/*").cors(all).end());
    Wire.Response any = get("/", "Origin: https://c.example");
    assertThat(any.field("access-control-allow-origin")).isEqualTo("*");
    assertThat(any.field("access-control-allow-credentials")).isNull();
    assertThat(any.field("vary")).isNull();
  }

  @Test
  void aPreflightDoesNotOpenAWayToTheApp() throws Exception {
    rig.rules(Policy.route("/*").methods("PUT").and("/*").deny("127.0.0.1").end());
    assertThat(
            say("OPTIONS / HTTP/1.1\r\nHost: app.localhost\r\nOrigin: https://a.example\r\n"
                    + "Access-Control-Request-Method: PUT\r\n\r\n")
                .status())
        .isEqualTo(403);
  }

  // ---------------------------------------------------------------- maintenance

  @Test
  void maintenanceSparesWhatItShould() throws Exception {
    Path page = folder.resolve("closed.html");
    Files.writeString(page, "<h1>Back soon</h1>");
    Maintenance closed =
        new Maintenance(
            List.of("/quizzes*"), List.of("192.0.2.1"), Optional.of(page), Duration.ofSeconds(90));
    rig.rules(AppPolicy.NONE.with(Optional.of(closed)));
    Wire.Response response = get("/");
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.field("retry-after")).isEqualTo("90");
    assertThat(response.text()).isEqualTo("<h1>Back soon</h1>");
    assertThat(response.field("content-type")).startsWith("text/html");
    assertThat(get("/", "Accept: application/json").text()).contains("\"status\":503");
    ExchangeSlot slot = rig.exchange();
    assertThat(slot.outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
    assertThat(slot.app).isEqualTo("app");
    assertThat(get("/quizzes/1").status()).isEqualTo(200);
    for (String odd : new String[] {"/quizzes/../x", "/x/../quizzes", "/quizzes%2f..%2fx"}) {
      assertThat(get(odd).status()).as(odd).isEqualTo(503);
    }
    assertThat(rig.log).isEmpty();
    rig.rules(AppPolicy.NONE);
    assertThat(get("/").status()).isEqualTo(200);
    Maintenance ours =
        new Maintenance(List.of(), List.of("127.0.0.0/8"), Optional.empty(), Duration.ofSeconds(1));
    rig.rules(AppPolicy.NONE.with(Optional.of(ours)));
    assertThat(get("/").status()).as("this address gets in").isEqualTo(200);
  }
}
