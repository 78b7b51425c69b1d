package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that go to another app, or there too. */
@Timeout(60)
class OtherAppTest {
  @TempDir Path folder;
  private Rig rig;
  private RecordingUpstream first;
  private RecordingUpstream second;

  @BeforeEach
  void start() {
    rig = new Rig();
    first = new RecordingUpstream(folder.resolve("a"));
    second = new RecordingUpstream(folder.resolve("b"));
    serve(second.address());
  }

  private void serve(Address other) {
    rig.publish(
        List.of(
            rig.route("app", List.of("app.localhost"), of("app", first.address())),
            rig.route("next", List.of("next.localhost"), of("next", other))));
  }

  private static List<Upstream> of(String app, Address address) {
    return List.of(new Upstream(app + address, app, "web.1", "r1", address));
  }

  @AfterEach
  void end() {
    rig.close();
    first.close();
    second.close();
  }

  @Test
  void copiesGoThereAndNothingComesBack() throws Exception {
    rig.rules(Policy.route("/api/*").mirror("next", 100).end());
    try (Wire client = rig.connect()) {
      assertThat(client.get("/api/x?y").text()).isEqualTo("GET /api/x?y ");
      client.send("POST /api/p HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(client.response().text()).isEqualTo("POST /api/p abc");
      client.send(
          "POST /api/c HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      client.send("2\r\nde\r\n0\r\n\r\n");
      assertThat(client.response().text()).isEqualTo("POST /api/c abcde");
      String large = "x".repeat(200_000);
      client.send(
          "POST /api/l HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 200000\r\n\r\n" + large);
      assertThat(client.response().text()).endsWith(large);
      assertThat(client.get("/other").text()).isEqualTo("GET /other ");
      client.send("HEAD /api/h HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      assertThat(client.response(true).status()).isEqualTo(200);
    }
    Rig.eventually(() -> second.requests.size() == 4);
    assertThat(second.requests)
        .containsExactlyInAnyOrder(
            "GET /api/x?y ", "POST /api/p abc", "POST /api/c abcde", "HEAD /api/h ");
    assertThat(first.requests).hasSize(6);
    Rig.eventually(() -> rig.edge.stats().requests() == 0);
  }

  @Test
  void aCopyWhoseBodyComesLateGoesWhereItsOwnHeadSays() throws Exception {
    List<RecordingUpstream> others = new ArrayList<>();
    List<Upstream> upstreams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(new RecordingUpstream(folder.resolve("o" + i)));
      upstreams.add(new Upstream("next" + i, "next", "web." + i, "r1", others.getLast().address()));
    }
    Balance byTenant = StickyTest.balance(Balance.Policy.HASH, "header X-Tenant", null);
    try (Rig single = new Rig(Rigs::single)) {
      single.publish(
          List.of(
              single.route("app", List.of("app.localhost"), of("app", first.address())),
              single.route("next", List.of("next.localhost"), upstreams)));
      single.rules(
          Map.of(
              "app", Policy.route("/*").methods("POST").mirror("next", 100).end(),
              "next", OverloadTest.policy(byTenant)));
      try (Wire late = single.connect();
          Wire between = single.connect()) {
        for (int i = 0; i < 8; i++) {
          String head = "POST /late HTTP/1.1\r\nHost: app.localhost\r\nX-Tenant: ";
          late.send(head + "one\r\nContent-Length: 4\r\n\r\nab");
          Rig.eventually(() -> single.edge.stats().requests() == 1);
          between.send("GET / HTTP/1.1\r\nHost: app.localhost\r\nX-Tenant: t" + i + "\r\n\r\n");
          assertThat(between.response().status()).isEqualTo(200);
          late.send("cd");
          assertThat(late.response().text()).isEqualTo("POST /late abcd");
          Rig.eventually(() -> single.edge.stats().requests() == 0);
        }
      }
      assertThat(others.stream().map(each -> each.requests.size())).containsOnlyOnce(8);
    } finally {
      others.forEach(RecordingUpstream::close);
    }
  }

  @Test
  void aMirrorThatIsDownHarmsNobody() throws Exception {
    serve(new Address.Unix(folder.resolve("nobody")));
    rig.rules(Policy.route("/*").mirror("next", 100).end());
    try (Wire client = rig.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/" + i).status()).isEqualTo(200);
      }
    }
    assertThat(first.requests).hasSize(20);
    Rig.eventually(() -> rig.edge.stats().requests() == 0);
    rig.drain();
    assertThat(rig.seen.stream().filter(s -> s.outcome == Outcome.COMPLETE)).hasSize(20);
  }

  @Test
  void aClientThatLeavesTakesItsCopyAlong() throws Exception {
    rig.rules(Policy.route("/*").mirror("next", 100).end());
    try (Wire client = rig.connect()) {
      client.send("POST /p HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 50\r\n\r\nabc");
    }
    try (Wire client = rig.connect()) {
      client.get("/after");
    }
    Rig.eventually(() -> second.requests.size() == 1 && rig.edge.stats().requests() == 0);
    assertThat(second.requests).containsExactly("GET /after ");
  }

  @Test
  void aPartIsServedByTheOther() throws Exception {
    rig.rules(Policy.route("/*").split("next", 50).end());
    try (Wire client = rig.connect()) {
      for (int i = 0; i < 200; i++) {
        assertThat(client.get("/" + i).text()).isEqualTo("GET /" + i + " ");
      }
    }
    assertThat(first.requests.size() + second.requests.size()).isEqualTo(200);
    assertThat(second.requests.size()).isBetween(50, 150);
    rig.rules(Policy.route("/*").split("gone", 100).end());
    try (Wire client = rig.connect()) {
      assertThat(client.get("/").status()).as("an app that is not here").isEqualTo(200);
    }
  }

  @Test
  void wildcardsFindTheirApp() throws Exception {
    rig.publish(
        List.of(
            rig.route(
                "app", List.of("app.localhost", "*.app.localhost"), of("app", first.address())),
            rig.route("next", List.of("a.app.localhost"), of("next", second.address()))));
    try (Wire client = rig.connect()) {
      assertThat(client.get("x.app.localhost", "/1").status()).isEqualTo(200);
      assertThat(client.get("a.app.localhost", "/2").status()).isEqualTo(200);
      assertThat(client.get("x.y.app.localhost", "/3").status()).isEqualTo(404);
      assertThat(client.get("localhost", "/6").status()).isEqualTo(404);
    }
    for (String bad : new String[] {".app.localhost", "*.app.localhost", "..app.localhost"}) {
      try (Wire client = rig.connect()) {
        assertThat(client.get(bad, "/4").status()).as(bad).isEqualTo(400);
      }
    }
    assertThat(first.requests).contains("GET /1 ").doesNotContain("GET /2 ", "GET /3 ");
    assertThat(second.requests).containsExactly("GET /2 ");
  }
}
