package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attackers who want their own answer stored for others (poisoning), or somebody else's for
 * themselves (deception), before an app as careless as there are: it believes every field, cuts
 * paths where frameworks do, and calls everything fresh.
 */
@Timeout(60)
class CachePoisoningTest {
  private static final String FRESH = "Cache-Control: max-age=60\r\n";
  private static final String EVIL = "evil.example";

  private Backend app;
  private CacheRig rig;
  private String says = FRESH;

  @BeforeEach
  void start() {
    app =
        Backend.tcp(conn -> {
          for (String head = conn.head(); head != null; head = conn.head()) {
            answer(conn, head, conn.body(head));
          }
        });
    rig = new CacheRig(app);
  }

  @AfterEach
  void stop() {
    rig.close();
    app.close();
  }

  private void answer(Backend.Conn conn, String head, byte[] body) throws IOException {
    Map<String, String> fields = Wire.fields(head);
    String path = head.split(" ")[1];
    String user = fields.getOrDefault("cookie", fields.getOrDefault("authorization", "nobody"));
    String page =
        isAccount(path)
            ? "account of " + user
            : "page with " + EVIL.concat(" ").repeat(believed(head, body) ? 1 : 0);
    boolean large = head.length() > 4_000 || head.contains("X-Meta");
    String status = large ? "400 Bad Request" : "200 OK";
    String text = large ? "too much" : page;
    conn.say(
        "HTTP/1.1 " + status + "\r\n" + says + "Content-Length: " + text.length() + "\r\n\r\n");
    conn.say(head.startsWith("HEAD") ? "" : text);
  }

  /** Whatever of the request is not in its path and says so. */
  private static boolean believed(String head, byte[] body) {
    return head.substring(head.indexOf('\n')).contains(EVIL) || new String(body).contains(EVIL);
  }

  /** As frameworks do that cut parameters, decode slashes, and take what follows for a detail. */
  private static boolean isAccount(String path) {
    String decoded = path.replaceAll("(?i)%2f", "/").replaceAll("(?i)%2e", ".");
    decoded = java.net.URI.create(decoded.replaceAll("[;%?].*", "")).normalize().toString();
    return decoded.startsWith("/account");
  }

  private Wire.Response raw(String request) throws IOException {
    try (Wire wire = rig.connect()) {
      return wire.send(request).response(request.startsWith("HEAD"));
    }
  }

  private void victimGetsItsPage(String path, Object after) throws IOException {
    for (int i = 0; i < 2; i++) {
      assertThat(rig.get(path).text()).as("after %s", after).isEqualTo("page with ");
    }
  }

  @Test
  void theAppIsAsCarelessAsItSays() throws Exception {
    assertThat(rig.get("/a", "X-Careless: " + EVIL).text()).isEqualTo("page with evil.example ");
    assertThat(rig.get("/a").text()).as("and its pages are stored").contains(EVIL);
    assertThat(rig.get("/account/x.css", "Cookie: victim").text()).isEqualTo("account of victim");
  }

  /** Fields that apps believe and no key has: dropped, said anew, or nothing is stored. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Server: evil.example",
        "X-Forwarded-Prefix: /evil.example",
        "X-Forwarded-Scheme: evil.example",
        "X-Forwarded-Proto: evil.example",
        "X-Forwarded-Port: evil.example",
        "X-Forwarded-For: evil.example",
        "X_Forwarded_Host: evil.example",
        "X.Forwarded.Host: evil.example",
        "Forwarded: host=evil.example",
        "X-Real-IP: evil.example",
        "X-Original-URL: /evil.example",
        "X-Rewrite-URL: /evil.example",
        "X-HTTP-Method-Override: evil.example",
        "X-HTTP-Method: evil.example",
        "X-Method-Override: evil.example",
        "Authorization: Basic evil.example",
        "Expect: evil.example",
        "Proxy: evil.example",
        "Proxy-Connection: evil.example",
        "Keep-Alive: evil.example",
        "Connection: X-Key\r\nX-Key: evil.example",
      })
  void noFieldPlantsAPage(String field) throws Exception {
    raw("GET /page HTTP/1.1\r\nHost: app.localhost\r\n" + field + "\r\n\r\n");
    victimGetsItsPage("/page", field);
  }

  /** Requests that one party could take for the victim's and another not. */
  @Test
  void noOtherRequestIsTakenForTheVictims() throws Exception {
    String host = "Host: app.localhost\r\n";
    List<String> attacks =
        List.of(
            "GET /page HTTP/1.1\r\nHost: app.localhost\r\nHost: evil.example\r\n\r\n",
            "GET /page HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            "GET http://evil.example/page HTTP/1.1\r\nHost: app.localhost\r\n\r\n",
            "GET /page HTTP/1.1\r\nHost: app.localhost:evil.example\r\n\r\n",
            "GET /page HTTP/1.1\r\n" + host + "Content-Length: 12\r\n\r\nevil.example",
            "GET /page HTTP/1.1\r\n"
                + host
                + "Transfer-Encoding: chunked\r\n\r\nc\r\nevil.example\r\n0\r\n\r\n",
            "POST /page HTTP/1.1\r\n" + host + "Content-Length: 12\r\n\r\nevil.example",
            "HEAD /page HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET /page?evil.example HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET /page;evil.example HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET /page/ HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET //page HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET /./page HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET /%70age HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET /page%00 HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET /PAGE HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "GET \\page HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n",
            "QUERY /page HTTP/1.1\r\n" + host + "X-Careless: evil.example\r\n\r\n");
    for (String attack : attacks) {
      raw(attack);
      victimGetsItsPage("/page", attack);
    }
  }

  /** An error that one client provokes is not everybody's (CPDoS). */
  @Test
  void noErrorIsPlanted() throws Exception {
    says = "";
    rig.rules(Map.of("/*", CacheRig.ttl(Duration.ofSeconds(60))));
    for (String field :
        List.of("X-Big: " + "x".repeat(9_000), "X-Meta: a\\x07", "X-Meta: %0d%0a")) {
      String page = "/page" + field.length();
      assertThat(rig.get(page, field).status()).isEqualTo(400);
      victimGetsItsPage(page, field.substring(0, 9));
    }
    assertThat(rig.get("/page", "X-Bad: a\u0000b").status()).isEqualTo(400);
    victimGetsItsPage("/page", "NUL");
  }

  /** Links that make a victim's own page look like a file that is for all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/account/x.css",
        "/account/..%2fstatic/x.css",
        "/account;x.css",
        "/account;/x.css",
        "/account%3bx.css",
        "/account%3fx.css",
        "/account%23x.css",
        "/account%0ax.css",
        "/account?x.css",
        "/static/../account",
        "/static/%2e%2e/account",
        "/static/..%2faccount",
        "/static/x/..%2f..%2faccount",
        "/static/..;/account",
        "/account/%2e%2e/static/x.css",
        "/account%2f%2e%2e%2fstatic/x.css"
      })
  void noPageOfAVictimIsStoredForOthers(String path) throws Exception {
    says = "";
    rig.rules(Map.of("/*", CacheRig.ttl(Duration.ofSeconds(60))));
    for (String who : List.of("Cookie: session=victim", "Authorization: Bearer victim")) {
      rig.get(path, who);
      assertThat(rig.get(path).text()).as(path).doesNotContain("victim");
      assertThat(rig.get(path, who.replace("victim", "other")).text()).doesNotContain("victim");
    }
  }
}
