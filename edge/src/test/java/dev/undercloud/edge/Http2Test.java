package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.route.Address;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/2 in clear, by prior knowledge: what goes to the replica, and what comes back. */
@Timeout(60)
class Http2Test extends Http2Case {
  @Test
  void aRequestIsOneOfHttp11ForTheReplica() throws Exception {
    talk(
        saying(OK + "Content-Type: text/plain\r\nKeep-Alive: 5\r\nContent-Length: 2\r\n\r\nhi"),
        (client, rig, backend) -> {
          client.get(
              1, "/a?b=c", "cookie", "a=1", "x-mine", "yes", "cookie", "b=2", "te", "trailers");
          H2Wire.Answer answer = client.until(1);
          assertThat(answer.status).isEqualTo(200);
          assertThat(answer.text()).isEqualTo("hi");
          ExchangeSlot slot = rig.exchange();
          assertThat(slot.version).isEqualTo(20);
          assertThat(slot.outcome).isEqualTo(Outcome.COMPLETE);
          assertThat(slot.responseBytes).isEqualTo(2);
          assertThat(answer.fields.keySet())
              .containsExactly(":status", "content-length", "content-type", "x-request-id");
          String head = backend.heads.getFirst();
          assertThat(head).startsWith("GET /a?b=c HTTP/1.1\r\nHost: app.localhost\r\n");
          assertThat(head)
              .contains("x-mine: yes\r\n")
              .contains("cookie: a=1; b=2\r\n")
              .contains("X-Forwarded-Proto: http\r\n")
              .contains("X-Request-Id: " + answer.fields.get("x-request-id"))
              .doesNotContain("te: ")
              .doesNotContain("chunked");
        });
  }

  @Test
  void responsesWithoutBodyEndWithTheirHead() throws Exception {
    Backend backend =
        backend(conn -> {
          String request;
          while ((request = conn.request()) != null) {
            conn.say(
                request.startsWith("HEAD")
                    ? OK + "Content-Length: 99\r\n\r\n"
                    : request.contains("/none")
                        ? "HTTP/1.1 204 No Content\r\n\r\n"
                        : "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n");
          }
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.send(1, 5, 1, H2Wire.request("HEAD", "/"));
          assertThat(client.until(1).fields).containsEntry("content-length", "99");
          client.get(3, "/none");
          assertThat(client.until(3).status).isEqualTo(204);
          client.get(5, "/same");
          assertThat(client.until(5).status).isEqualTo(304);
          assertThat(client.until(5).body.size()).isZero();
        });
  }

  @Test
  void bodiesOfEveryFramingAreOnlyPayload() throws Exception {
    Backend backend =
        backend(conn -> {
          String request;
          while ((request = conn.request()) != null) {
            if (request.contains("/chunks")) {
              conn.say(OK + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
              conn.say("2;x=y\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n");
            } else {
              conn.say(OK + "Connection: close\r\n\r\nabcde");
              return;
            }
          }
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.get(1, "/chunks");
          H2Wire.Answer answer = client.until(1);
          assertThat(answer.text()).isEqualTo("abcde");
          assertThat(answer.fields).doesNotContainKeys("transfer-encoding", "connection");
          assertThat(answer.trailers).containsExactly(Map.entry("x-sum", "1"));
          client.get(3, "/close");
          assertThat(client.until(3).text()).isEqualTo("abcde");
          assertThat(client.answer(3).fields).doesNotContainKeys("connection");
        });
  }

  @Test
  void uploadsKeepTheirLengthOrBecomeChunks() throws Exception {
    List<String> requests = new ArrayList<>();
    Backend backend =
        backend(conn -> {
          String request;
          while ((request = conn.request()) != null) {
            requests.add(request);
            conn.say(OK + "Content-Length: 0\r\n\r\n");
          }
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.post(1, "/", "content-length", "5").data(1, "he", false).data(1, "llo", true);
          client.until(1);
          client.post(3, "/").data(3, "he", false).data(3, "", false).data(3, "llo", true);
          client.until(3);
          client.post(5, "/").data(5, "x", false);
          client.send(H2Wire.HEADERS, 5, 5, H2Wire.fields("x-sum", "1"));
          assertThat(client.until(5).status).isEqualTo(200);
          client.post(7, "/").data(7, "", true);
          assertThat(client.until(7).status).isEqualTo(200);
          assertThat(requests.get(0)).contains("Content-Length: 5\r\n").endsWith("\r\n\r\nhello");
          assertThat(requests.get(1)).contains("chunked\r\n").endsWith("\r\n\r\nhello");
          assertThat(requests.get(2)).endsWith("\r\n\r\nx");
          assertThat(requests.get(3)).endsWith("\r\n\r\n");
          assertThat(rig.exchange().requestBytes).isEqualTo(5);
        });
  }

  @Test
  void interimResponsesPass() throws Exception {
    Backend backend =
        backend(conn -> {
          conn.head();
          conn.say("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
          conn.say(OK + "Content-Length: 0\r\n\r\n");
          String head = conn.head();
          conn.say(OK + "Content-Length: 1\r\n\r\n" + conn.body(head).length);
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.get(1, "/");
          assertThat(client.until(1).interim).containsExactly(103);
          client.post(3, "/", "expect", "100-continue", "content-length", "3");
          client.until(3, H2Wire.HEADERS);
          assertThat(client.answer(3).interim).containsExactly(100);
          client.data(3, "abc", true);
          assertThat(client.until(3).text()).isEqualTo("3");
        });
  }

  @Test
  void anEarlyAnswerEndsTheUploadWithoutError() throws Exception {
    Backend backend =
        backend(conn -> {
          conn.head();
          conn.say("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
          conn.in.readAllBytes();
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.post(1, "/", "content-length", "1000000").data(1, BEGINNING, false);
          H2Wire.Answer answer = client.until(1);
          assertThat(answer.status).isEqualTo(413);
          assertThat(answer.text()).isEqualTo("no");
          assertThat(client.until(1, H2Wire.RST_STREAM).error()).isZero();
        });
  }

  @Test
  void manyStreamsFlowAtOnce() throws Exception {
    Backend backend =
        backend(conn -> {
          String request;
          while ((request = conn.request()) != null) {
            String path = request.split(" ")[1];
            conn.say(OK + "Content-Length: " + path.length() + "\r\n\r\n" + path);
          }
        });
    talk(
        backend,
        (client, rig, same) -> {
          for (int round = 0; round < 5; round++) {
            int first = 1 + round * 200;
            for (int id = first; id < first + 200; id += 2) {
              client.get(id, "/" + id);
            }
            for (int id = first; id < first + 200; id += 2) {
              assertThat(client.until(id).text()).isEqualTo("/" + id);
            }
          }
          assertThat(same.connections.get()).isLessThanOrEqualTo(100);
        });
  }

  @Test
  void largeBodiesPassBothWays() throws Exception {
    byte[] large = new byte[3 << 20];
    new Random(7).nextBytes(large);
    Backend backend =
        backend(conn -> {
          String head;
          while ((head = conn.head()) != null) {
            byte[] body = conn.body(head);
            conn.say(OK + "Content-Length: " + body.length + "\r\n\r\n");
            conn.say(body);
          }
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.post(1, "/");
          H2Upload.send(client, 1, large);
          assertThat(client.until(1).body.toByteArray()).isEqualTo(large);
          ExchangeSlot slot = rig.exchange();
          assertThat(slot.requestBytes).isEqualTo(large.length);
          assertThat(slot.responseBytes).isEqualTo(large.length);
        });
  }

  @Test
  void aClientWithoutWindowStopsTheReplica() throws Exception {
    byte[] large = new byte[8 << 20];
    Backend backend =
        backend(conn -> {
          conn.head();
          conn.say(OK + "Content-Length: " + large.length + "\r\n\r\n");
          conn.say(large);
          Signals.give();
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.generous = false;
          client.get(1, "/");
          while (client.answer(1).body.size() < 65_535) {
            client.next();
          }
          // The other stream is not held up by the first one, but for the connection's window.
          client.send(H2Wire.WINDOW_UPDATE, 0, 0, H2Wire.number(1 << 30));
          client.send(H2Wire.WINDOW_UPDATE, 0, 1, H2Wire.number(1 << 30));
          client.until(1);
          assertThat(client.answer(1).body.size()).isEqualTo(large.length);
          Signals.take();
        });
  }

  @Test
  void aResetWithinAnUploadCancelsIt() throws Exception {
    Backend backend =
        backend(conn -> {
          conn.head();
          Signals.give();
          assertThat(conn.in.readAllBytes().length).isLessThan(20_000);
          Signals.give();
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.post(1, "/").data(1, BEGINNING, false);
          Signals.take();
          client.send(H2Wire.RST_STREAM, 0, 1, H2Wire.number(8));
          Signals.take();
          assertThat(rig.exchange().outcome).isEqualTo(Outcome.CLIENT_ABORTED);
          assertThat(rig.edge.stats().inFlight().values()).containsOnly(0);
        });
  }

  @Test
  void aResetWithinADownloadCancelsItAlone() throws Exception {
    Backend backend =
        backend(conn -> {
          String head;
          while ((head = conn.head()) != null) {
            if (head.contains("/endless")) {
              conn.say(OK + "Transfer-Encoding: chunked\r\n\r\n");
              while (true) {
                conn.say("5\r\nhello\r\n");
              }
            }
            conn.say(OK + "Content-Length: 2\r\n\r\nhi");
          }
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.get(1, "/endless");
          client.until(1, H2Wire.DATA);
          client.send(H2Wire.RST_STREAM, 0, 1, H2Wire.number(8));
          client.get(3, "/");
          assertThat(client.until(3).text()).isEqualTo("hi");
          List<Outcome> outcomes = List.of(rig.exchange().outcome, rig.exchange().outcome);
          assertThat(outcomes).containsExactlyInAnyOrder(Outcome.CLIENT_ABORTED, Outcome.COMPLETE);
        });
  }

  @Test
  void aReplicaThatBreaksOffResetsItsStreamAlone() throws Exception {
    Backend backend =
        backend(conn -> {
          String head = conn.head();
          if (head.contains("/cut")) {
            conn.say(OK + "Content-Length: 100\r\n\r\nabc");
          } else {
            conn.say(OK + "Content-Length: 2\r\n\r\nhi");
          }
        });
    talk(
        backend,
        (client, rig, same) -> {
          client.get(1, "/cut");
          assertThat(client.until(1).reset).isEqualTo(2);
          assertThat(rig.exchange().outcome).isEqualTo(Outcome.UPSTREAM_ABORTED);
          client.get(3, "/");
          assertThat(client.until(3).text()).isEqualTo("hi");
        });
  }

  @Test
  void errorsOfTheEdgeHaveAPage() throws Exception {
    talk(
        saying(""),
        (client, rig, backend) -> {
          client.send(
              H2Wire.HEADERS,
              5,
              1,
              H2Wire.fields(
                  ":method",
                  "GET",
                  ":scheme",
                  "http",
                  ":path",
                  "/",
                  ":authority",
                  "other.localhost"));
          H2Wire.Answer answer = client.until(1);
          assertThat(answer.status).isEqualTo(404);
          assertThat(answer.text()).contains("There is nothing here");
          assertThat(answer.fields).containsKeys("x-request-id", "content-length");
          assertThat(rig.exchange().outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
        });
  }

  @Test
  void aPostGoesToAnotherReplicaWhereOneIsNotThere() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = saying(OK + "Content-Length: 2\r\n\r\nhi")) {
      rig.serve(List.of(new Address.Unix(folder.resolve("gone")), backend.address()));
      try (H2Wire client = H2Wire.to(rig.address())) {
        for (int id = 1; id < 40; id += 2) {
          client.post(id, "/").data(id, "abc", true);
          assertThat(client.until(id).status).isEqualTo(200);
        }
      }
    }
  }
}
