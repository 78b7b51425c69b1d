package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that go to an app that another edge serves, or any server at an address. */
@Timeout(60)
class ElsewhereTest {
  private static final String MARK = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;
  private Rig rig;
  private RecordingUpstream own;
  private RecordingUpstream other;

  @BeforeEach
  void start() {
    rig = new Rig();
    own = new RecordingUpstream(folder.resolve("a"));
    other = new RecordingUpstream(folder.resolve("b"));
    serve(rig, own.address(), other.address());
  }

  @AfterEach
  void end() {
    rig.close();
    own.close();
    other.close();
  }

  private static void serve(Rig rig, Address here, Address there, String... hosts) {
    rig.publish(
        List.of(
            rig.route("app", List.of("app.localhost"), of("app", here)),
            new AppRoute(
                "live",
                List.of(),
                of("live", there),
                rig.timeouts,
                Duration.ofSeconds(4),
                "",
                Optional.of(new AppRoute.Elsewhere(List.of(hosts), MARK)))));
  }

  private static List<Upstream> of(String app, Address address) {
    return List.of(new Upstream(app + "@" + address, app, app + ".1", "r1", address));
  }

  private static Address addressOf(Rig edge) {
    return new Address.Tcp("127.0.0.1", edge.address().getPort());
  }

  private List<ExchangeSlot> seen(int count) {
    Rig.eventually(() -> {
      rig.drain();
      return rig.seen.size() >= count;
    });
    return rig.seen;
  }

  @Test
  void nobodyReachesItButByARoute() throws Exception {
    rig.rules(Policy.route("/s/*").split("live", 100).end());
    try (Wire client = rig.connect()) {
      assertThat(client.get("/s/1").text()).isEqualTo("GET /s/1 ");
      assertThat(client.get("live.localhost", "/2").status()).isEqualTo(404);
      assertThat(client.get("localhost", "/3").status()).as("the only app there is").isEqualTo(200);
    }
    assertThat(other.requests).containsExactly("GET /s/1 ");
    assertThat(own.requests).containsExactly("GET /3 ");
    assertThat(seen(3).getFirst().app).isEqualTo("live");
    assertThat(seen(3).getFirst().upstream.replica()).isEqualTo("live.1");
  }

  @Test
  void itGetsTheMarkAndNobodyElseDoes() throws Exception {
    rig.rules(Policy.route("/*").split("live", 100).end());
    try (Wire client = rig.connect()) {
      client.send("GET /1 HTTP/1.1\r\nHost: app.localhost\r\nUndercloud-Hop: forged\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      client.send(
          "POST /2 HTTP/1.1\r\nHost: app.localhost\r\nUndercloud-Hop: "
              + MARK
              + "\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(client.response().text()).as("one that was sent on").isEqualTo("POST /2 abc");
    }
    assertThat(other.requests).containsExactly("GET /1 ");
    assertThat(own.requests).containsExactly("POST /2 abc");
    assertThat(other.everything())
        .contains("Undercloud-Hop: " + MARK + "\r\n")
        .doesNotContain("forged");
    assertThat(own.everything()).doesNotContainIgnoringCase("undercloud-hop");
  }

  @Test
  void whereItIsNotReachedTheAppServesItself() throws Exception {
    serve(rig, own.address(), new Address.Unix(folder.resolve("nobody")));
    rig.rules(Policy.route("/*").split("live", 100).end());
    String large = "x".repeat(100_000);
    try (Wire client = rig.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/" + i).text()).isEqualTo("GET /" + i + " ");
      }
      client.send("POST /p HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(client.response().text()).isEqualTo("POST /p abc");
      client.send(
          "POST /l HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 100000\r\n\r\n" + large);
      assertThat(client.response().text()).isEqualTo("POST /l " + large);
    }
    assertThat(own.requests).hasSize(22);
    assertThat(own.everything()).doesNotContainIgnoringCase("undercloud-hop");
    assertThat(seen(22)).allMatch(slot -> slot.app.equals("app"));
    assertThat(seen(22)).allMatch(slot -> slot.upstream.replica().equals("app.1"));
  }

  @Test
  void noRequestFailsWhenItGoesAway() throws Exception {
    rig.rules(Policy.route("/*").split("live", 50).end());
    try (Wire client = rig.connect()) {
      for (int i = 0; i < 60; i++) {
        assertThat(client.get("/" + i).status()).isEqualTo(200);
      }
      assertThat(other.requests.size()).isBetween(5, 55);
      other.close();
      for (int i = 0; i < 60; i++) {
        assertThat(client.get("/" + i).status()).isEqualTo(200);
      }
      rig.publish(List.of(rig.route("app", List.of("app.localhost"), of("app", own.address()))));
      for (int i = 0; i < 60; i++) {
        assertThat(client.get("/" + i).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void twoEdgesThatSendToEachOtherAnswer() throws Exception {
    try (Rig second = new Rig()) {
      serve(rig, own.address(), addressOf(second));
      serve(second, other.address(), addressOf(rig));
      rig.rules(Policy.route("/*").split("live", 100).mirror("live", 100).end());
      second.rules(Policy.route("/*").split("live", 100).mirror("live", 100).end());
      try (Wire client = rig.connect()) {
        assertThat(client.get("/1").text()).isEqualTo("GET /1 ");
        assertThat(client.get("/2").text()).isEqualTo("GET /2 ");
      }
      Rig.eventually(() -> other.requests.size() == 4);
      Rig.eventually(() -> rig.edge.stats().requests() == 0 && second.edge.stats().requests() == 0);
      assertThat(other.requests).hasSize(4).contains("GET /1 ", "GET /2 ");
      assertThat(own.requests).isEmpty();
      assertThat(other.everything()).doesNotContainIgnoringCase("undercloud-hop");
    }
  }

  @Test
  void anEdgeThatSendsToItselfAnswers() throws Exception {
    serve(rig, own.address(), addressOf(rig));
    rig.rules(Policy.route("/*").split("live", 100).end());
    try (Wire client = rig.connect()) {
      assertThat(client.get("/1").text()).isEqualTo("GET /1 ");
    }
    assertThat(own.requests).containsExactly("GET /1 ");
  }

  @Test
  void hostsThatItDoesNotAnswerForStay() throws Exception {
    serve(rig, own.address(), other.address(), "live.localhost", "*.example.org");
    AppPolicy rules = Policy.route("/*").split("live", 100).mirror("live", 100).end();
    rig.rules(rules.at(List.of("app.localhost", "*.example.org", "example.org"), rig.timeouts));
    try (Wire client = rig.connect()) {
      assertThat(client.get("app.localhost", "/1").status()).isEqualTo(200);
      assertThat(client.get("example.org", "/2").status()).isEqualTo(200);
      assertThat(client.get("a.example.org", "/3").status()).isEqualTo(200);
      assertThat(client.get("127.0.0.1", "/4").status()).isEqualTo(200);
    }
    Rig.eventually(() -> rig.edge.stats().requests() == 0);
    assertThat(Set.copyOf(other.requests)).containsExactlyInAnyOrder("GET /3 ", "GET /4 ");
    assertThat(own.requests).containsExactly("GET /1 ", "GET /2 ");
  }

  @Test
  void aStickyClientStaysWhereItWas() throws Exception {
    Balance plain = Balance.DEFAULT;
    Balance sticky =
        new Balance(
            plain.policy(),
            plain.hashBy(),
            Optional.of("srv"),
            plain.slowStart(),
            plain.inFlight(),
            plain.queue(),
            plain.queueTimeout(),
            plain.retryPercent());
    AppPolicy rules = Policy.route("/*").split("live", 50).end();
    rig.rules(Map.of("app", with(rules, sticky), "live", with(AppPolicy.NONE, sticky)));
    Set<String> sides = new HashSet<>();
    for (int i = 0; i < 40 && sides.size() < 2; i++) {
      try (Wire client = rig.connect()) {
        String cookie = client.get("/first").field("set-cookie").split(";")[0];
        String of = "/" + i + "/";
        for (int j = 0; j < 10; j++) {
          client.send(
              "GET " + of + " HTTP/1.1\r\nHost: app.localhost\r\nCookie: " + cookie + "\r\n\r\n");
          assertThat(client.response().field("set-cookie")).isNull();
        }
        Rig.eventually(() -> {
          rig.drain();
          return rig.seen.stream().filter(slot -> target(slot).equals(of)).count() == 10;
        });
        Set<String> apps = new HashSet<>();
        rig.seen.stream().filter(slot -> target(slot).equals(of)).forEach(s -> apps.add(s.app));
        assertThat(apps).hasSize(1);
        sides.addAll(apps);
      }
    }
    assertThat(sides).containsExactlyInAnyOrder("app", "live");
  }

  private static String target(ExchangeSlot slot) {
    return new String(slot.target, 0, slot.targetLength, StandardCharsets.US_ASCII);
  }

  private static AppPolicy with(AppPolicy policy, Balance balance) {
    return new AppPolicy(
        policy.hosts(),
        policy.timeouts(),
        policy.routes(),
        balance,
        policy.tls(),
        policy.maintenance(),
        policy.ingress());
  }

  @Test
  void aBodyInPiecesIsServedToo() throws Exception {
    serve(rig, own.address(), new Address.Unix(folder.resolve("nobody")));
    rig.rules(Policy.route("/*").split("live", 100).end());
    try (Wire client = rig.connect()) {
      client.send("GET /1 HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("3\r\nabc\r\n0\r\n\r\n");
      assertThat(client.response().text()).isEqualTo("GET /1 abc");
    }
  }
}
