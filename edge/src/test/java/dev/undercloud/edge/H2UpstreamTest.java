package dev.undercloud.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that speak HTTP/2: requests of every client, streams, windows, ends. */
@Timeout(60)
class H2UpstreamTest {
  private static final int NO_ERROR = 0;
  private static final int CANCEL = 8;
  private static final int REFUSED_STREAM = 7;
  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int INITIAL_WINDOW_SIZE = 4;

  @TempDir Path folder;
  private final Rig rig = new Rig(Rigs::single);

  @AfterEach
  void close() {
    rig.close();
  }

  private Rig serve(H2Replica... replicas) {
    List<Address> addresses = new java.util.ArrayList<>();
    for (H2Replica each : replicas) {
      addresses.add(each.address());
    }
    return rig.serve(Protocol.H2C, addresses);
  }

  private H2Wire h2() throws Exception {
    return H2Wire.to(rig.address());
  }

  @Test
  void aClientOfHttp1IsServed() throws Exception {
    try (H2Replica replica = H2Replica.echo();
        Wire client = serve(replica).connect()) {
      Wire.Response first = client.get("/one");
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.text()).isEqualTo("GET /one");
      assertThat(first.field("transfer-encoding")).isEqualTo("chunked");
      client.send("POST /two HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.response().text()).isEqualTo("POST /two hello");
      client.send(
          "PUT /three HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n");
      assertThat(client.response().text()).isEqualTo("PUT /three abcdefg");
      assertThat(replica.backend.connections).hasValue(1);
    }
  }

  @Test
  void aClientOfHttp2IsServed() throws Exception {
    try (H2Replica replica = H2Replica.echo()) {
      serve(replica);
      try (H2Wire client = h2()) {
        client.get(1, "/a").get(3, "/b").post(5, "/c").data(5, "body", true);
        assertThat(client.until(1).text()).isEqualTo("GET /a");
        assertThat(client.until(3).text()).isEqualTo("GET /b");
        assertThat(client.until(5).text()).isEqualTo("POST /c body");
        assertThat(replica.backend.connections).hasValue(1);
      }
    }
  }

  @Test
  void anAnswerWithoutBodyMayEndLater() throws Exception {
    try (H2Replica replica =
        H2Replica.each((conn, asked) -> {
          conn.head(asked.stream, false, ":status", "200", "content-length", "5");
          conn.data(asked.stream, false, "");
          conn.data(asked.stream, true, "");
        })) {
      serve(replica);
      try (H2Wire client = h2()) {
        for (int stream = 1; stream < 6; stream += 2) {
          int flags = H2Wire.END_HEADERS | H2Wire.END_STREAM;
          client.send(H2Wire.HEADERS, flags, stream, H2Wire.request("HEAD", "/h"));
          assertThat(client.until(stream).fields).containsEntry("content-length", "5");
          assertThat(rig.exchange().outcome).isEqualTo(Outcome.COMPLETE);
        }
      }
    }
  }

  @Test
  void unixSocketsWork() throws Exception {
    try (H2Replica replica =
            H2Replica.unix(
                folder.resolve("s"), conn -> conn.hello().serve(H2Replica.Conn::answer));
        Wire client = serve(replica).connect()) {
      assertThat(client.get("/x").text()).isEqualTo("GET /x");
    }
  }

  @Test
  void whatTheEdgeTellsReplicasIsTold() throws Exception {
    try (H2Replica replica =
        H2Replica.each((conn, asked) -> {
          conn.head(asked.stream, false, ":status", "200");
          conn.data(asked.stream, true, String.valueOf(asked.fields));
        })) {
      serve(replica);
      try (H2Wire client = h2()) {
        client.get(1, "/x?y=1", "te", "trailers", "x-real-ip", "1.2.3.4", "cookie", "a=1");
        String told = client.until(1).text();
        assertThat(told)
            .startsWith(
                "{:method=GET, :scheme=http, :path=/x?y=1, :authority=app.localhost, cookie=a=1,")
            .contains("x-forwarded-for=127.0.0.1")
            .contains("te=trailers")
            .contains("x-request-id=", "traceparent=00-")
            .doesNotContain("1.2.3.4", "connection=", "transfer-encoding=", ", host=");
      }
    }
  }

  @Test
  void theRecordIsAsFullAsOfHttp1() throws Exception {
    try (H2Replica replica = H2Replica.echo();
        Wire client = serve(replica).connect()) {
      client.get("/first");
      client.send("POST /second HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 3\r\n\r\nabc");
      client.response();
      ExchangeSlot first = rig.exchange();
      assertThat(first.reused).isFalse();
      assertThat(first.status).isEqualTo(200);
      assertThat(first.responseBytes).isEqualTo("GET /first".length());
      ExchangeSlot second = rig.exchange();
      assertThat(second.reused).isTrue();
      assertThat(second.requestBytes).isEqualTo(3);
      assertThat(second.attempts).isEqualTo(1);
      assertThat(second.outcome).isEqualTo(Outcome.COMPLETE);
      for (Stage stage : Stage.values()) {
        if (stage != Stage.ACCEPT) {
          assertThat(second.at[stage.ordinal()]).as("%s", stage).isNotEqualTo(ExchangeSlot.NEVER);
        }
      }
    }
  }

  @Test
  void bothDirectionsFlowAtTheSameTime() throws Exception {
    try (H2Replica replica =
        H2Replica.tcp(conn -> {
          conn.hello();
          H2Replica.Request asked = conn.begun();
          conn.head(asked.stream, false, ":status", "200");
          while (!asked.ended) {
            H2Wire.Frame frame = conn.next();
            if (frame.type() == H2Wire.DATA && frame.payload().length > 0) {
              conn.data(asked.stream, false, "got " + new String(frame.payload(), US_ASCII));
            }
          }
          conn.head(asked.stream, true, "grpc-status", "0", "x-sum", asked.text());
          conn.goodbye();
        })) {
      serve(replica);
      try (H2Wire client = h2()) {
        client.post(1, "/bidi", "content-type", "application/grpc", "te", "trailers");
        client.until(1, H2Wire.HEADERS);
        client.data(1, "one", false);
        assertThat(new String(client.until(1, H2Wire.DATA).payload(), US_ASCII))
            .isEqualTo("got one");
        client.data(1, "two", false);
        assertThat(new String(client.until(1, H2Wire.DATA).payload(), US_ASCII))
            .isEqualTo("got two");
        client.data(1, "", true);
        H2Wire.Answer answer = client.until(1);
        assertThat(answer.trailers)
            .containsEntry("grpc-status", "0")
            .containsEntry("x-sum", "onetwo");
      }
    }
  }

  @Test
  void trailersPassBothWays() throws Exception {
    try (H2Replica replica =
        H2Replica.each((conn, asked) -> {
          conn.head(asked.stream, false, ":status", "200");
          conn.data(asked.stream, false, asked.text());
          conn.head(asked.stream, true, "x-was", String.valueOf(asked.trailers.get("x-sum")));
        })) {
      serve(replica);
      try (H2Wire client = h2();
          Wire old = rig.connect()) {
        client.post(1, "/t").data(1, "body", false);
        int flags = H2Wire.END_HEADERS | H2Wire.END_STREAM;
        client.send(H2Wire.HEADERS, flags, 1, H2Wire.fields("x-sum", "42"));
        assertThat(client.until(1).trailers)
            .containsExactlyEntriesOf(java.util.Map.of("x-was", "42"));
        old.send(
            "POST /t HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "4\r\nbody\r\n0\r\nX-Sum: 43\r\n\r\n");
        old.head();
        String body = "4\r\nbody\r\n0\r\nx-was: 43\r\n\r\n";
        assertThat(new String(old.in.readNBytes(body.length()), US_ASCII)).isEqualTo(body);
      }
    }
  }

  @Test
  void aResponseWithoutAnythingIsWhole() throws Exception {
    try (H2Replica replica =
        H2Replica.each(
            (conn, asked) -> conn.head(asked.stream, true, ":status", "200", "grpc-status", "5"))) {
      serve(replica);
      try (H2Wire client = h2();
          Wire old = rig.connect()) {
        client.post(1, "/none", "content-type", "application/grpc").data(1, "", true);
        assertThat(client.until(1, H2Wire.HEADERS).has(H2Wire.END_STREAM)).isTrue();
        assertThat(client.answer(1).fields)
            .containsEntry("grpc-status", "5")
            .doesNotContainKey("content-length");
        assertThat(rig.exchange().error).isEqualTo("grpc-status 5");
        Wire.Response plain = old.get("/none");
        assertThat(plain.field("content-length")).isEqualTo("0");
        assertThat(old.get("/again").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aFullConnectionIsJoinedByAnother() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    try (H2Replica replica =
        H2Replica.tcp(conn ->
            conn.hello(MAX_CONCURRENT_STREAMS, 1)
                .serve((same, asked) -> {
                  both.countDown();
                  both.await();
                  same.answer(asked);
                }))) {
      serve(replica);
      try (H2Wire client = h2()) {
        client.get(1, "/a");
        Rig.eventually(() -> both.getCount() == 1);
        client.get(3, "/b");
        assertThat(client.until(1).text()).isEqualTo("GET /a");
        assertThat(client.until(3).text()).isEqualTo("GET /b");
        assertThat(replica.backend.connections).hasValue(2);
      }
    }
  }

  @Test
  void aRefusedStreamIsSentAgain() throws Exception {
    try (H2Replica refuses =
            H2Replica.each((conn, asked) -> conn.reset(asked.stream, REFUSED_STREAM));
        H2Replica serves = H2Replica.echo()) {
      serve(refuses, serves);
      try (Wire client = rig.connect()) {
        for (int i = 0; i < 6; i++) {
          client.send("POST /p HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 1\r\n\r\n" + i);
          assertThat(client.response().text()).isEqualTo("POST /p " + i);
        }
        assertThat(serves.requests).hasSize(6);
      }
    }
  }

  @Test
  void whatGoAwayDidNotSeeIsSentAgain() throws Exception {
    try (H2Replica replica =
        H2Replica.tcp(conn -> {
          conn.hello();
          H2Replica.Request first = conn.request();
          H2Replica.Request second = conn.begun();
          conn.goAway(first.stream, NO_ERROR);
          conn.answer(first);
          assertThat(second.stream).isGreaterThan(first.stream);
          conn.goodbye();
        })) {
      serve(replica);
      try (H2Replica next = H2Replica.echo();
          H2Wire client = h2()) {
        client.post(1, "/a").data(1, "1", true).post(3, "/b");
        Rig.eventually(() -> replica.requests.size() == 1);
        serve(next);
        client.data(3, "", true);
        assertThat(client.until(1).text()).isEqualTo("POST /a 1");
        H2Wire.Answer second = client.until(3);
        assertThat(second.status).isIn(200, 503);
      }
    }
  }

  @Test
  void aClientThatGoesAwayResetsItsStreamOnly() throws Exception {
    CountDownLatch reset = new CountDownLatch(1);
    try (H2Replica replica =
        H2Replica.tcp(conn -> {
          conn.hello();
          H2Replica.Request held = conn.request();
          H2Replica.Request other = conn.request();
          while (held.reset < 0) {
            conn.next();
          }
          assertThat(held.reset).isEqualTo(CANCEL);
          reset.countDown();
          conn.answer(other);
          conn.goodbye();
        })) {
      serve(replica);
      try (H2Wire client = h2()) {
        client.get(1, "/held").get(3, "/other");
        Rig.eventually(() -> replica.requests.size() == 2);
        client.send(H2Wire.RST_STREAM, 0, 1, H2Wire.number(CANCEL));
        assertThat(client.until(3).text()).isEqualTo("GET /other");
        reset.await();
        assertThat(rig.exchange().outcome).isEqualTo(Outcome.CLIENT_ABORTED);
      }
    }
  }

  @Test
  void aSlowClientStopsItsStreamOnly() throws Exception {
    byte[] page = new byte[16_384];
    int pages = 64;
    try (H2Replica replica =
        H2Replica.tcp(conn -> {
          conn.hello();
          H2Replica.Request large = conn.request();
          conn.head(large.stream, false, ":status", "200");
          int window = 128 << 10;
          for (int sent = 0; sent < pages; ) {
            if (window >= page.length) {
              sent++;
              window -= page.length;
              conn.say(H2Wire.DATA, sent == pages ? 1 : 0, large.stream, page);
              continue;
            }
            H2Wire.Frame frame = conn.next();
            if (frame.type() == H2Wire.WINDOW_UPDATE && frame.stream() == large.stream) {
              window += java.nio.ByteBuffer.wrap(frame.payload()).getInt();
            } else if (frame.type() == H2Wire.HEADERS) {
              conn.answer(conn.of(frame.stream()));
            }
          }
          conn.goodbye();
        })) {
      serve(replica);
      try (H2Wire slow = h2();
          Wire other = rig.connect()) {
        slow.generous = false;
        slow.get(1, "/large");
        slow.until(1, H2Wire.DATA);
        // The first one reads nothing more, and its window is used up.
        assertThat(other.get("/small").text()).isEqualTo("GET /small");
        slow.generous = true;
        slow.send(
            H2Wire.join(
                H2Wire.frame(H2Wire.WINDOW_UPDATE, 0, 0, H2Wire.number(1 << 20)),
                H2Wire.frame(H2Wire.WINDOW_UPDATE, 0, 1, H2Wire.number(1 << 20))));
        assertThat(slow.until(1).body.size()).isEqualTo(pages * page.length);
      }
    }
  }

  @Test
  void aSlowReplicaStopsTheUpload() throws Exception {
    byte[] body = new byte[1 << 20];
    CountDownLatch go = new CountDownLatch(1);
    try (H2Replica replica =
        H2Replica.tcp(conn -> {
          conn.hello(INITIAL_WINDOW_SIZE, 1000);
          conn.generous = false;
          H2Replica.Request upload = conn.begun();
          while (upload.body.size() < 1000) {
            conn.next();
          }
          go.await();
          conn.generous = true;
          conn.say(H2Wire.WINDOW_UPDATE, 0, 0, H2Wire.number(1 << 20));
          conn.say(H2Wire.WINDOW_UPDATE, 0, upload.stream, H2Wire.number(1 << 20));
          while (!upload.ended) {
            conn.next();
          }
          conn.head(upload.stream, false, ":status", "200");
          conn.data(upload.stream, true, "" + upload.body.size());
          conn.goodbye();
        })) {
      serve(replica);
      try (H2Wire client = h2()) {
        client.post(1, "/up", "content-type", "application/grpc");
        Thread sending =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    H2Upload.send(client, 1, body);
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
        Rig.eventually(() -> !replica.backend.open.isEmpty());
        go.countDown();
        sending.join();
        assertThat(client.until(1).text()).isEqualTo("" + body.length);
      }
    }
  }

  @Test
  void aServerOfHttp1AloneIsNamed() throws Exception {
    try (Backend old =
            Backend.tcp(conn -> {
              conn.in.readNBytes(24);
              conn.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            });
        Wire client = rig.serve(Protocol.H2C, List.of(old.address())).connect()) {
      Wire.Response answer = client.get("/x");
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.text()).contains("does not speak HTTP/2");
    }
  }

  @Test
  void anUpgradeOfAnotherKindIsRefused() throws Exception {
    try (H2Replica replica = H2Replica.echo();
        Wire client = serve(replica).connect()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(501);
      assertThat(replica.requests).isEmpty();
    }
  }

  @Test
  void errorsOfTheEdgeAreSaidAsGrpcSaysThem() throws Exception {
    rig.serve(Protocol.H2C, List.of());
    try (H2Wire client = h2()) {
      client.post(1, "/svc/Call", "content-type", "application/grpc+proto").data(1, "", true);
      H2Wire.Frame head = client.until(1, H2Wire.HEADERS);
      assertThat(head.has(H2Wire.END_STREAM)).isTrue();
      assertThat(client.answer(1).status).isEqualTo(200);
      assertThat(client.answer(1).fields)
          .containsEntry("grpc-status", "14")
          .containsEntry("content-type", "application/grpc")
          .containsEntry("grpc-retry-pushback-ms", "5000")
          .containsKey("grpc-message");
      assertThat(rig.exchange().status).isEqualTo(503);
      client.post(3, "/web", "content-type", "application/grpc-web+proto").data(3, "", true);
      assertThat(client.until(3).status).isEqualTo(503);
    }
  }
}
