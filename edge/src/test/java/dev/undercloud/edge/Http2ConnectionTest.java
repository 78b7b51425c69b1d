package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.Outcome;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of HTTP/2 from their preface to their end, and the tunnels within them. */
@Timeout(60)
class Http2ConnectionTest extends Http2Case {
  @Test
  void aWebSocketIsATunnelOfItsStream() throws Exception {
    Backend backend =
        backend(conn -> {
          String head = conn.head();
          assertThat(head)
              .startsWith("GET /ws HTTP/1.1\r\n")
              .containsPattern("(?i)upgrade: websocket\r\n")
              .containsPattern("sec-websocket-key: [A-Za-z0-9+/]{22}==\r\n")
              .contains("sec-websocket-version: 13\r\n");
          conn.say(
              "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: chat\r\n\r\nfirst");
          conn.say(new String(conn.in.readNBytes(4)) + "!");
          assertThat(conn.in.read()).isEqualTo(-1);
        });
    talk(
        backend,
        (client, rig, same) -> {
          assertThat(client.until(0, H2Wire.SETTINGS).payload()).endsWith(0, 8, 0, 0, 0, 1);
          client.send(
              H2Wire.HEADERS,
              4,
              1,
              H2Wire.fields(
                  ":method",
                  "CONNECT",
                  ":protocol",
                  "websocket",
                  ":scheme",
                  "http",
                  ":path",
                  "/ws",
                  ":authority",
                  "app.localhost",
                  "sec-websocket-version",
                  "13"));
          client.data(1, "ping", false);
          client.until(1, H2Wire.HEADERS);
          H2Wire.Answer answer = client.answer(1);
          assertThat(answer.status).isEqualTo(200);
          assertThat(answer.fields)
              .containsEntry("sec-websocket-protocol", "chat")
              .doesNotContainKeys("sec-websocket-accept", "upgrade", "connection");
          while (!answer.text().equals("firstping!")) {
            client.next();
          }
          client.data(1, "", true);
          client.until(1);
          assertThat(answer.reset).isIn(-1, 0);
          assertThat(rig.exchange().outcome).isEqualTo(Outcome.TUNNEL_CLOSED);
        });
  }

  @Test
  void requestsInFlightSurviveTheEndOfTheEdge() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    Backend backend =
        backend(conn -> {
          conn.head();
          Signals.give();
          goOn.await();
          conn.say(OK + "Content-Length: 2\r\n\r\nhi");
        });
    try (Rig rig = new Rig();
        backend) {
      rig.serve(backend);
      try (H2Wire client = H2Wire.to(rig.address())) {
        client.get(1, "/");
        Signals.take();
        Thread closing = Thread.ofVirtual().start(() -> rig.edge.close(Duration.ofSeconds(10)));
        H2Wire.Frame first = client.until(0, H2Wire.GOAWAY);
        assertThat(first.error()).isZero();
        assertThat(ByteBuffer.wrap(first.payload()).getInt()).isEqualTo(Integer.MAX_VALUE);
        H2Wire.Frame second = client.until(0, H2Wire.GOAWAY);
        assertThat(ByteBuffer.wrap(second.payload()).getInt()).isEqualTo(1);
        goOn.countDown();
        assertThat(client.until(1).text()).isEqualTo("hi");
        assertThat(client.goodbye()).isEqualTo(-1);
        closing.join();
      }
    }
  }

  @Test
  void bytesMayComeOneByOne() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = saying(OK + "Content-Length: 2\r\n\r\nhi")) {
      rig.serve(backend);
      byte[] all =
          H2Wire.join(
              H2Wire.hello(),
              H2Wire.frame(H2Wire.HEADERS, 4, 1, H2Wire.request("POST", "/")),
              H2Wire.frame(H2Wire.DATA, 1, 1, new byte[300]));
      try (H2Wire client =
          new H2Wire(new Socket(rig.address().getAddress(), rig.address().getPort()))) {
        for (byte b : all) {
          client.send(new byte[] {b});
        }
        assertThat(client.until(1).text()).isEqualTo("hi");
        assertThat(rig.exchange().requestBytes).isEqualTo(300);
      }
    }
  }

  @Test
  void anIdleConnectionIsAskedToLeave() throws Exception {
    try (Rig rig = new Rig(config -> config.with(Rigs.hasty()))) {
      try (H2Wire client = H2Wire.to(rig.address())) {
        assertThat(client.goodbye()).isZero();
      }
    }
  }

  @Test
  void curlSpeaksItInClearAndOverTls() throws Exception {
    try (TlsRig tls = new TlsRig(folder.resolve("tls"));
        Backend backend =
            backend(conn -> {
              String request;
              while ((request = conn.request()) != null) {
                String said = request.replaceAll("(?s).*(X-Forwarded-Proto: \\w+).*", "$1");
                conn.say(OK + "Content-Length: " + said.length() + "\r\n\r\n" + said);
              }
            })) {
      tls.rig.serve(backend);
      tls.connect("app.localhost").close();
      String port = ":" + tls.rig.address().getPort();
      String clear = "127.0.0.1" + port;
      String code = " %{http_version} %{http_code}";
      assertThat(
              TlsRig.tool(
                  "", "curl", "-sS", "--http2-prior-knowledge", "-w", code, "http://" + clear))
          .isEqualTo("X-Forwarded-Proto: http 2 200");
      assertThat(
              TlsRig.tool(
                  "",
                  "curl",
                  "-sS",
                  "--cacert",
                  tls.ca().toString(),
                  "--resolve",
                  "app.localhost:" + tls.port() + ":127.0.0.1",
                  "-d",
                  "x".repeat(100_000),
                  "-w",
                  code,
                  "https://app.localhost:" + tls.port() + "/a"))
          .isEqualTo("X-Forwarded-Proto: https 2 200");
    }
  }

  @Test
  void aFalsePrefaceIsNoHttp2() throws IOException {
    try (Rig rig = new Rig();
        Wire client = rig.connect()) {
      client.send("PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(400);
      assertThat(client.ended()).isTrue();
    }
  }
}
