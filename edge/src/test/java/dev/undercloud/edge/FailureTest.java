package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that leave early, lie or break the protocol. */
@Timeout(60)
class FailureTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
  @TempDir Path folder;

  private Backend once(Backend.Script script) {
    return Backend.unix(folder.resolve("a"), script);
  }

  @Test
  void earlyResponseToAnUploadReachesTheClient() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.in.read();
              conn.say("HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nstop");
            });
        Wire client = rig.serve(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 50000000\r\n\r\n");
      byte[] part = new byte[1 << 16];
      try {
        for (int i = 0; i < 40; i++) {
          client.send(part);
        }
      } catch (IOException mayBe) {
        // The response is what counts.
      }
      Wire.Response response = client.response();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.text()).isEqualTo("stop");
      assertThat(response.field("connection")).isEqualTo("close");
      assertThat(client.ended()).isTrue();
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.status).isEqualTo(413);
      assertThat(slot.outcome).isEqualTo(Outcome.COMPLETE);
    }
  }

  @Test
  void earlyResponseBehindAnUploadThatNobodyReads() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno");
              conn.close();
            })) {
      rig.serve(backend);
      for (int i = 0; i < 20; i++) {
        try (Wire client = rig.connect()) {
          client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 3000000\r\n\r\n");
          Thread writer =
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      client.send(new byte[3_000_000]);
                    } catch (IOException mayBe) {
                      // As above.
                    }
                  });
          assertThat(client.response().status()).isEqualTo(401);
          writer.join();
        }
      }
    }
  }

  @Test
  void clientGoneMidResponseClosesTheReplicasConnection() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              try {
                while (true) {
                  conn.say("5\r\nhello\r\n");
                  Thread.sleep(10);
                }
              } catch (IOException gone) {
                Signals.give();
              }
            })) {
      rig.serve(backend);
      Wire client = rig.connect();
      client.send(GET);
      client.head();
      client.close();
      Signals.take();
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.outcome).isEqualTo(Outcome.CLIENT_ABORTED);
      assertThat(slot.status).isEqualTo(200);
      Rig.eventually(() -> rig.edge.stats().inFlight().values().stream().allMatch(n -> n == 0));
    }
  }

  @Test
  void clientGoneBeforeTheResponseClosesTheReplicasConnection() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              if (conn.in.read() < 0) {
                Signals.give();
              }
            })) {
      rig.serve(backend);
      Wire client = rig.connect();
      client.send(GET);
      Rig.eventually(() -> !backend.heads.isEmpty());
      client.close();
      Signals.take();
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.CLIENT_ABORTED);
    }
  }

  @Test
  void clientGoneMidUpload() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.in.readAllBytes();
              Signals.give();
            })) {
      rig.serve(backend);
      Wire client = rig.connect();
      // Less would wait for more before it goes to a replica.
      String body = "x".repeat(20_000);
      client.send(
          "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 100000\r\n\r\n" + body);
      Rig.eventually(() -> !backend.heads.isEmpty());
      client.close();
      Signals.take();
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.outcome).isEqualTo(Outcome.CLIENT_ABORTED);
      assertThat(slot.requestBytes).isEqualTo(20_000);
    }
  }

  @Test
  void aClientThatClosesItsSendingSideStillGetsItsAnswer() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              Thread.sleep(100);
              conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(GET);
      client.socket.shutdownOutput();
      assertThat(client.response().text()).isEqualTo("ok");
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void lengthThatIsNotKeptIsACutConnection() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(GET);
      assertThatThrownBy(client::response).isInstanceOf(EOFException.class);
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.outcome).isEqualTo(Outcome.UPSTREAM_ABORTED);
      assertThat(slot.error).contains("web.1");
      assertThat(rig.log).anyMatch(line -> line.message().contains("web.1"));
    }
  }

  @Test
  void chunkedResponseThatBreaksOffHasNoFinalChunk() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
              Thread.sleep(50);
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(GET);
      assertThatThrownBy(client::response).isInstanceOf(EOFException.class);
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.UPSTREAM_ABORTED);
    }
  }

  @Test
  void truncationIsVisibleToOldClientsToo() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
              Thread.sleep(50);
            });
        Wire client = rig.serve(backend).connect()) {
      client.send("GET / HTTP/1.0\r\nHost: app.localhost\r\n\r\n");
      assertThatThrownBy(client::response).isInstanceOf(java.net.SocketException.class);
    }
  }

  @Test
  void resetInsteadOfAnEndIsACutConnection() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.tcp(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\n\r\nhello");
              Thread.sleep(50);
              conn.reset();
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(GET);
      assertThatThrownBy(client::response).isInstanceOf(EOFException.class);
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.UPSTREAM_ABORTED);
    }
  }

  @Test
  void nonsenseIsABadGateway() throws Exception {
    for (String nonsense :
        new String[] {
          "SSH-2.0-OpenSSH\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
          "HTTP/1.1 200 OK\nContent-Length: 0\n\n"
        }) {
      try (Rig rig = new Rig();
          Backend backend =
              once(conn -> {
                conn.head();
                conn.say(nonsense);
                conn.in.read();
              });
          Wire client = rig.serve(backend).connect()) {
        Wire.Response response = client.get("/");
        assertThat(response.status()).as(nonsense).isEqualTo(502);
        assertThat(response.text()).contains("web.1");
        assertThat(rig.exchange().outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
        assertThat(backend.heads).hasSize(1);
      }
    }
  }

  @Test
  void badChunksOfTheClientAreRefused() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.in.readAllBytes();
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n");
      Wire.Response response = client.response();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.field("connection")).isEqualTo("close");
      assertThat(response.field("x-request-id")).isNotEmpty();
      assertThat(client.ended()).isTrue();
      assertThat(rig.exchange().status).isEqualTo(400);
    }
  }

  @Test
  void interimResponses() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              while (conn.head() != null) {
                conn.say(
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
                conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              }
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(GET);
      Wire.Response hint = client.response();
      assertThat(hint.status()).isEqualTo(103);
      assertThat(hint.field("link")).isEqualTo("</a.css>");
      assertThat(client.response().text()).isEqualTo("ok");
      client.send("GET / HTTP/1.0\r\nHost: app.localhost\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  @Test
  void waitingClientsAreToldToContinueOnce() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              String head = conn.head();
              conn.say("HTTP/1.1 100 Continue\r\n\r\n");
              byte[] body = conn.body(head);
              conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
              conn.say(body);
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: app.localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(100);
      client.send("hello");
      Wire.Response response = client.response();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("hello");
    }
  }
}
