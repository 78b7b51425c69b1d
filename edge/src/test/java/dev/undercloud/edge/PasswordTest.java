package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Cors;
import dev.undercloud.core.telemetry.ExchangeSlot;
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

/** HTTP Basic authentication by the edge (RFC 7617). */
@Timeout(60)
class PasswordTest {
  /** Of "open: sésame", with few iterations. */
  static final String HASH =
      "pbkdf2-sha256$10000$c2FsdHNhbHQ$AF0LeSTz+h5NTJPmMFi5MzojUPIfjINZu/2Z7qN6aRI";

  @TempDir Path folder;
  private Rig rig;
  private RecordingUpstream replica;

  @BeforeEach
  void start() {
    rig = new Rig();
    replica = new RecordingUpstream(folder.resolve("a"));
    rig.serve(List.of(replica.address()));
    rig.rules(Policy.route("/admin/*").users(Map.of("ann", HASH)).end());
  }

  @AfterEach
  void end() {
    rig.close();
    replica.close();
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  private static String get(String path, String authorization) {
    return "GET " + path + " HTTP/1.1\r\nHost: app.localhost\r\n" + authorization + "\r\n";
  }

  private Wire.Response say(String request) throws Exception {
    try (Wire client = rig.connect()) {
      return client.send(request).response();
    }
  }

  @Test
  void whoIsKnownGetsIn() throws Exception {
    String right = "Authorization: " + basic("ann:open: sésame") + "\r\n";
    try (Wire client = rig.connect()) {
      for (int i = 0; i < 5; i++) {
        Wire.Response response = client.send(get("/admin/x", right)).response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("GET /admin/x ");
      }
      client.send(get("/admin/x", right) + get("/other", ""));
      assertThat(client.response().text()).isEqualTo("GET /admin/x ");
      assertThat(client.response().text()).isEqualTo("GET /other ");
    }
  }

  @Test
  void aBodyWaitsForItsTurn() throws Exception {
    String right = "Authorization: " + basic("ann:open: sésame") + "\r\n";
    String post = get("/admin/x", right).replace("GET", "POST");
    String body = "0123456789".repeat(10_000);
    String whole = post.substring(0, post.length() - 2) + "Content-Length: 100000\r\n\r\n" + body;
    assertThat(say(whole).text()).isEqualTo("POST /admin/x " + body);
    String small = post.substring(0, post.length() - 2) + "Content-Length: 3\r\n\r\nabc";
    assertThat(say(small).text()).isEqualTo("POST /admin/x abc");
  }

  @Test
  void whoIsNotKnownIsAsked() throws Exception {
    String[] wrong = {
      "",
      "Authorization: " + basic("ann:wrong") + "\r\n",
      "Authorization: " + basic("bob:open: sésame") + "\r\n",
      "Authorization: " + basic("ann") + "\r\n",
      "Authorization: Basic !!!\r\n",
      "Authorization: Basic\r\n",
      "Authorization: Bearer " + basic("ann:open: sésame").substring(6) + "\r\n",
      "Authorization: Basic /////w==\r\n",
      "Authorization: Basic " + "QUFB".repeat(1000) + "\r\n",
      "Authorization: x\r\nAuthorization: " + basic("ann:open: sésame") + "\r\n",
    };
    for (String each : wrong) {
      Wire.Response response = say(get("/admin/x", each));
      assertThat(response.status()).as(each).isEqualTo(401);
      assertThat(response.field("www-authenticate"))
          .isEqualTo("Basic realm=\"app\", charset=\"UTF-8\"");
    }
    assertThat(say(get("/x/../admin/x", "")).status()).isEqualTo(401);
    assertThat(say(get("/admin/../x", "")).status()).isEqualTo(401);
    assertThat(replica.requests).isEmpty();
    ExchangeSlot slot = rig.exchange();
    assertThat(slot.status).isEqualTo(401);
  }

  @Test
  void dictionariesAreEnded() throws Exception {
    int refused = 0;
    for (int i = 0; i < 24; i++) {
      int status = say(get("/admin/x", "Authorization: " + basic("a:" + i) + "\r\n")).status();
      refused += status == 429 ? 1 : 0;
    }
    assertThat(refused).isBetween(1, 4);
  }

  @Test
  void whoLeavesMeanwhileHarmsNobody() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (Wire client = rig.connect()) {
        client.send(get("/admin/x", "Authorization: " + basic("ann:" + i) + "\r\n"));
      }
    }
    Rig.eventually(() -> rig.edge.stats().requests() == 0);
    assertThat(say(get("/", "")).status()).isEqualTo(200);
  }

  @Test
  void aPreflightNeedsNoPassword() throws Exception {
    Cors cors =
        new Cors(
            List.of("https://a.example"),
            List.of("PUT"),
            List.of("Authorization"),
            List.of(),
            true,
            Duration.ofMinutes(1));
    rig.rules(Policy.route("/*").users(Map.of("ann", HASH)).cors(cors).end());
    String preflight =
        "OPTIONS / HTTP/1.1\r\nHost: app.localhost\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n";
    assertThat(say(preflight).status()).isEqualTo(204);
    Wire.Response asked = say(get("/", "Origin: https://a.example\r\n"));
    assertThat(asked.status()).isEqualTo(401);
    assertThat(asked.field("access-control-allow-origin")).isEqualTo("https://a.example");
  }
}
