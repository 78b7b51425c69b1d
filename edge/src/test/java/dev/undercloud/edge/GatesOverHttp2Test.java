package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Cors;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same rules for requests of HTTP/2, several of them at once. */
@Timeout(60)
class GatesOverHttp2Test {
  @TempDir Path folder;
  private Rig rig;
  private RecordingUpstream replica;
  private RecordingUpstream other;

  @BeforeEach
  void start() {
    rig = new Rig();
    replica = new RecordingUpstream(folder.resolve("a"));
    other = new RecordingUpstream(folder.resolve("b"));
    rig.publish(
        List.of(
            rig.route("app", List.of("app.localhost"), of("app", replica.address())),
            rig.route("next", List.of("next.localhost"), of("next", other.address()))));
  }

  private static List<Upstream> of(String app, Address address) {
    return List.of(new Upstream(app + address, app, "web.1", "r1", address));
  }

  @AfterEach
  void end() {
    rig.close();
    replica.close();
    other.close();
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void pathsCannotSkipAProtection() throws Exception {
    rig.rules(Policy.route("/public/*").and("/admin/*").deny("127.0.0.0/8").end());
    try (H2Wire client = H2Wire.to(rig.address())) {
      int stream = 1;
      for (String path :
          new String[] {
            "/admin/x", "/public/..%2fadmin/x", "/%61dmin/../public", "/x/..;/admin/"
          }) {
        client.get(stream, path);
        assertThat(client.until(stream).status).as(path).isEqualTo(403);
        stream += 2;
      }
      client.get(stream, "/public/..%2f..%2fx");
      assertThat(client.until(stream).status).isEqualTo(400);
      client.get(stream + 2, "/public/x");
      assertThat(client.until(stream + 2).text()).isEqualTo("GET /public/x ");
    }
    assertThat(replica.requests).containsExactly("GET /public/x ");
  }

  @Test
  void passwordsOfSeveralStreamsAreVerifiedAtOnce() throws Exception {
    rig.rules(Policy.route("/admin/*").users(Map.of("ann", PasswordTest.HASH)).end());
    try (H2Wire client = H2Wire.to(rig.address())) {
      client.get(1, "/admin/1", "authorization", basic("ann:open: sésame"));
      client.get(3, "/admin/2", "authorization", basic("ann:wrong"));
      client.get(5, "/open");
      client.post(7, "/admin/3", "authorization", basic("ann:open: sésame"));
      client.data(7, "body", true);
      client.post(9, "/admin/4", "authorization", basic("ann:also wrong"));
      client.data(9, "body", true);
      assertThat(client.until(5).text()).isEqualTo("GET /open ");
      assertThat(client.until(1).text()).isEqualTo("GET /admin/1 ");
      assertThat(client.until(3).status).isEqualTo(401);
      assertThat(client.until(3).fields).containsKey("www-authenticate");
      assertThat(client.until(7).text()).isEqualTo("POST /admin/3 body");
      assertThat(client.until(9).status).isEqualTo(401);
    }
    assertThat(replica.requests).hasSize(3);
  }

  @Test
  void bodiesAreMeasured() throws Exception {
    rig.rules(Policy.route("/up").bodyLimit(10).end());
    try (H2Wire client = H2Wire.to(rig.address())) {
      client.post(1, "/up", "content-length", "11").data(1, "01234567890", true);
      assertThat(client.until(1).status).isEqualTo(413);
      client.post(3, "/up").data(3, "0123456789", false).data(3, "x", true);
      assertThat(client.until(3).status).isEqualTo(413);
      client.post(5, "/up").data(5, "0123456789", true);
      assertThat(client.until(5).text()).isEqualTo("POST /up 0123456789");
    }
  }

  @Test
  void limitsPreflightsAndCopiesAreTheSame() throws Exception {
    Cors cors =
        new Cors(
            List.of("https://a.example"), List.of(), List.of(), List.of(), false, Duration.ZERO);
    rig.rules(
        Policy.route("/few")
            .limit(1, Duration.ofHours(1), RateLimit.By.ADDRESS, null)
            .and("/api/*")
            .cors(cors)
            .rewrite("/v1/*")
            .mirror("next", 100)
            .end());
    try (H2Wire client = H2Wire.to(rig.address())) {
      client.get(1, "/few");
      assertThat(client.until(1).fields).containsKeys("ratelimit", "ratelimit-policy");
      client.get(3, "/few");
      assertThat(client.until(3).status).isEqualTo(429);
      assertThat(client.until(3).fields).containsKey("retry-after");
      client.send(
          H2Wire.HEADERS,
          H2Wire.END_HEADERS | H2Wire.END_STREAM,
          5,
          H2Wire.request(
              "OPTIONS",
              "/api/x",
              "origin",
              "https://a.example",
              "access-control-request-method",
              "PUT"));
      H2Wire.Answer preflight = client.until(5);
      assertThat(preflight.status).isEqualTo(204);
      assertThat(preflight.fields)
          .containsEntry("access-control-allow-origin", "https://a.example");
      client.post(7, "/api/p", "content-length", "3").data(7, "abc", true);
      assertThat(client.until(7).text()).isEqualTo("POST /v1/p abc");
      client.post(9, "/api/q").data(9, "abc", false).data(9, "de", true);
      assertThat(client.until(9).text()).isEqualTo("POST /v1/q abcde");
    }
    Rig.eventually(() -> other.requests.size() == 2);
    assertThat(other.requests).containsExactlyInAnyOrder("POST /v1/p abc", "POST /v1/q abcde");
    Rig.eventually(() -> rig.edge.stats().requests() == 0);
  }
}
