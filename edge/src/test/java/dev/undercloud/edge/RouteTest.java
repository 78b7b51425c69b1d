package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RouteTest {
  @TempDir Path folder;

  @Test
  void hostsFindTheirApp() throws Exception {
    try (Rig rig = new Rig();
        Backend one = Backend.unix(folder.resolve("one"), Backend.saying("one"));
        Backend two = Backend.unix(folder.resolve("two"), Backend.saying("two"))) {
      rig.publish(
          List.of(
              rig.route("one", List.of("one.localhost", "www.example.com"), upstream("1", one)),
              rig.route("two", List.of("two.localhost"), upstream("2", two))));
      try (Wire client = rig.connect()) {
        assertThat(client.get("one.localhost", "/").text()).isEqualTo("one");
        assertThat(client.get("ONE.LocalHost:8080", "/").text()).isEqualTo("one");
        assertThat(client.get("www.example.com.", "/").text()).isEqualTo("one");
        assertThat(client.get("two.localhost", "/").text()).isEqualTo("two");
        for (String unknown : new String[] {"localhost", "127.0.0.1:80", "[::1]", "x.localhost"}) {
          Wire.Response response = client.get(unknown, "/");
          assertThat(response.status()).as(unknown).isEqualTo(404);
          assertThat(response.text()).doesNotContain("one").doesNotContain("two");
        }
        assertThat(rig.exchange().app).isEqualTo("one");
      }
    }
  }

  private static List<Upstream> upstream(String id, Backend backend) {
    return List.of(new Upstream(id, id, "web.1", "r1", backend.address()));
  }

  @Test
  void theOnlyAppIsReachedByBareAddressesToo() throws Exception {
    try (Rig rig = new Rig();
        Backend only = Backend.unix(folder.resolve("a"), Backend.saying("only"));
        Wire client = rig.serve(only).connect()) {
      for (String host :
          new String[] {"app.localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"}) {
        assertThat(client.get(host, "/").text()).as(host).isEqualTo("only");
      }
      assertThat(client.get("other.localhost", "/").status()).isEqualTo(404);
      client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.response().text()).isEqualTo("only");
    }
  }

  @Test
  void pagesSpeakTheClientsLanguage() throws Exception {
    try (Rig rig = new Rig();
        Wire client = rig.connect()) {
      String get = "GET /<script> HTTP/1.1\r\nHost: x.localhost\r\nAccept: ";
      client.send(get + "text/html,application/xhtml+xml,*/*;q=0.8\r\n\r\n");
      Wire.Response html = client.response();
      assertThat(html.field("content-type")).startsWith("text/html");
      assertThat(html.text()).contains(html.field("x-request-id")).doesNotContain("<script");
      client.send(get + "application/json\r\n\r\n");
      Wire.Response json = client.response();
      assertThat(json.field("content-type")).isEqualTo("application/problem+json");
      assertThat(json.text())
          .contains("\"status\":404", "\"request_id\":\"" + json.field("x-request-id") + "\"");
      client.send(get + "*/*\r\n\r\n");
      Wire.Response text = client.response();
      assertThat(text.field("content-type")).startsWith("text/plain");
      client.send("HEAD / HTTP/1.1\r\nHost: x.localhost\r\n\r\n");
      assertThat(client.response(true).status()).isEqualTo(404);
      assertThat(client.get("x.localhost", "/").status()).isEqualTo(404);
    }
  }

  @Test
  void refusedRequestsLeaveARecordAndAnId() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("a"), Backend.saying("x"))) {
      rig.serve(backend);
      for (String bad :
          new String[] {
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\nHost: app.localhost\n\n",
            "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 1\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "NONSENSE\r\n\r\n"
          }) {
        try (Wire client = rig.connect()) {
          client.send(bad + "GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
          Wire.Response response = client.response();
          assertThat(response.status()).isEqualTo(400);
          assertThat(response.field("x-request-id")).matches("[0-9a-f]{16}");
          assertThat(client.ended()).isTrue();
          ExchangeSlot slot = rig.exchange();
          assertThat(slot.status).isEqualTo(400);
          assertThat(slot.outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
          assertThat(slot.error).isNotEmpty();
        }
      }
      assertThat(backend.heads).isEmpty();
    }
  }

  @Test
  void refusedByteByByteAndHeadsTooLarge() throws Exception {
    try (Rig rig = new Rig()) {
      try (Wire client = rig.connect()) {
        for (char c : "GET / HTTP/1.1\r\nHost: a b\r\n\r\n".toCharArray()) {
          client.send(String.valueOf(c));
        }
        assertThat(client.response().status()).isEqualTo(400);
      }
      try (Wire client = rig.connect()) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(70_000));
        assertThat(client.response().status()).isEqualTo(431);
        assertThat(client.ended()).isTrue();
      }
    }
  }
}
