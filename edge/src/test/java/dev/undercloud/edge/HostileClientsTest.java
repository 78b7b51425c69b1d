package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.edge.http1.HostileRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every hostile request against the real edge: refused with the right status, connection closed,
 * nothing of what was behind it reaches the replica, and another client gets its own answer.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileClientsTest {
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
  private static final String FIRST = "GET /first HTTP/1.1\r\nHost: app.localhost\r\n\r\n";

  /** How the bytes come. */
  enum Manner {
    WHOLE,
    BYTE_BY_BYTE,
    BEHIND_ANOTHER
  }

  private RecordingUpstream upstream;
  private Rig rig;
  private Wire victim;
  private int victims;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    upstream = new RecordingUpstream(folder.resolve("replica"));
    rig = new Rig().serve(List.of(upstream.address()));
    victim = rig.connect();
  }

  @AfterAll
  void stop() throws IOException {
    victim.close();
    rig.close();
    upstream.close();
  }

  @ParameterizedTest
  @EnumSource
  void areRefusedAndLeaveNothing(Manner manner) throws IOException {
    upstream.requests.clear();
    List<String> wrong = new ArrayList<>();
    List<HostileRequest> all = HostileRequest.all();
    int before = victims;
    for (HostileRequest request : all) {
      String fault = attack(request, manner);
      if (!fault.isEmpty()) {
        wrong.add(request + ": " + fault);
      }
    }
    assertThat(wrong).as("%s of %d", manner, all.size()).isEmpty();
    assertThat(upstream.everything()).doesNotContain("smuggled");
    long expected = manner == Manner.BEHIND_ANOTHER ? all.size() : 0;
    assertThat(upstream.requests)
        .filteredOn(it -> it.equals("GET /first "))
        .hasSize((int) expected);
    assertThat(upstream.requests)
        .as("whole requests that reached the replica")
        .hasSize((int) expected + victims - before)
        .allMatch(it -> it.startsWith("GET /victim/") || it.equals("GET /first "));
  }

  /** What went wrong; empty where nothing did. */
  private String attack(HostileRequest request, Manner manner) throws IOException {
    byte[] bytes = onApp(request.bytes());
    try (Wire attacker = rig.connect()) {
      if (manner == Manner.BEHIND_ANOTHER) {
        attacker.send(FIRST);
      }
      send(attacker, bytes, manner);
      if (manner == Manner.BEHIND_ANOTHER && !attacker.response().text().equals("GET /first ")) {
        return "the request before it was not answered";
      }
      Wire.Response response = attacker.response();
      if (response.status() != request.reject().status()) {
        return "answered " + response.status();
      }
      if (!"close".equals(response.field("connection"))
          || !response.field("x-request-id").matches("[0-9a-f]{16}")) {
        return "without Connection: close or an id: " + response.head();
      }
      String why = request.reject().words().toLowerCase(Locale.ROOT);
      if (!response.text().toLowerCase(Locale.ROOT).contains(why)) {
        return "does not say why: " + response.text();
      }
      if (!attacker.ended()) {
        return "goes on after the refusal";
      }
    } catch (IOException e) {
      return e.toString();
    }
    String target = "/victim/" + victims++;
    String answer = victim.get(target).text();
    return answer.equals("GET " + target + " ") ? "" : "the victim got " + answer;
  }

  /** Sends until there is nobody to take it. */
  private static void send(Wire attacker, byte[] bytes, Manner manner) {
    int piece = manner != Manner.BYTE_BY_BYTE ? bytes.length : bytes.length > 8192 ? 211 : 1;
    try {
      for (int at = 0; at < bytes.length; at += piece) {
        attacker.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)));
      }
    } catch (IOException refusedAlready) {
      // The answer is what counts.
    }
  }

  /** The host of the cases is not the app's; and a smuggled request comes behind each. */
  private static byte[] onApp(byte[] request) {
    String text = new String(request, StandardCharsets.ISO_8859_1) + SMUGGLED;
    return text.replace("Host: a.localhost\r\n", "Host: app.localhost\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Bodies may hold anything, requests too: they arrive as bodies. */
  @Test
  void bodiesThatLookLikeRequestsAreBodies() throws IOException {
    upstream.requests.clear();
    String length = Integer.toString(SMUGGLED.length());
    String size = Integer.toHexString(SMUGGLED.length());
    String post = "POST /p HTTP/1.1\r\nHost: app.localhost\r\n";
    List<String> requests =
        List.of(
            post + "Content-Length: " + length + "\r\n\r\n" + SMUGGLED,
            post
                + "Transfer-Encoding: chunked\r\n\r\n"
                + size
                + "\r\n"
                + SMUGGLED
                + "\r\n0\r\n\r\n",
            post
                + "Transfer-Encoding: chunked\r\n\r\n00"
                + size
                + ";a=\"b\"\r\n"
                + SMUGGLED
                + "\r\n000\r\nX-Sum: 1\r\n\r\n",
            post.replace("POST", "GET") + "Content-Length: " + length + "\r\n\r\n" + SMUGGLED);
    try (Wire client = rig.connect()) {
      for (String request : requests) {
        for (int piece : new int[] {request.length(), 1}) {
          for (int at = 0; at < request.length(); at += piece) {
            client.send(request.substring(at, at + piece));
          }
          String method = request.substring(0, request.indexOf(' '));
          assertThat(client.response().text()).isEqualTo(method + " /p " + SMUGGLED);
        }
      }
    }
    assertThat(upstream.requests).hasSize(8).allMatch(it -> it.endsWith(" /p " + SMUGGLED));
  }

  /** Somebody typed https:// for the plain port: no waiting for a line that never comes. */
  @Test
  void aTlsHelloIsRefusedAtOnce() throws IOException {
    try (Wire client = rig.connect()) {
      client.send("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
      assertThat(client.response().status()).isEqualTo(400);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void aRefusalIsOnRecord() throws IOException {
    rig.drain();
    rig.seen.clear();
    try (Wire client = rig.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\nX : y\r\n\r\n");
      String id = client.response().field("x-request-id");
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.id).isEqualTo(Long.parseUnsignedLong(id, 16));
      assertThat(slot.status).isEqualTo(400);
      assertThat(slot.outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
      assertThat(slot.error).contains("white space");
      assertThat(slot.upstream).isNull();
    }
  }
}
