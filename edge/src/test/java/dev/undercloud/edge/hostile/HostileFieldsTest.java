package dev.undercloud.edge.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.Backend;
import dev.undercloud.edge.RecordingUpstream;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.Rigs;
import dev.undercloud.edge.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that are well-formed and lie: about who sends them, where they end, what follows. */
@Timeout(60)
class HostileFieldsTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: app.localhost\r\n";
  private static final String LIE = "6.6.6.6";

  /** What the edge says itself, and who would be believed instead. */
  private static final List<String> OURS =
      List.of(
          "X-Forwarded-For",
          "X-Forwarded-Proto",
          "X-Forwarded-Host",
          "X-Forwarded-Port",
          "X-Forwarded-Prefix",
          "X-Forwarded-Server",
          "X-Forwarded-By",
          "X-Forwarded-Scheme",
          "X-Forwarded-Ssl",
          "X-Real-IP",
          "Forwarded",
          "X-Request-Id",
          "Proxy",
          "Proxy-Authorization",
          "Keep-Alive",
          "Proxy-Connection",
          "HTTP2-Settings");

  @TempDir Path folder;

  /** Every mark that some server turns into a dash or an underscore, and every case. */
  @Test
  void noSpellingOfOurFieldsPasses() throws IOException {
    try (RecordingUpstream upstream = new RecordingUpstream(folder.resolve("a"));
        Rig rig = new Rig().serve(List.of(upstream.address()));
        Wire client = rig.connect()) {
      int sent = 0;
      for (String name : OURS) {
        for (String spelled : spellings(name)) {
          client.send(GET + spelled + ": " + LIE + "\r\n\r\n");
          assertThat(client.response().text()).as(spelled).isEqualTo("GET /x ");
          client.send(GET + spelled + ":" + LIE + "\r\n" + spelled + ":\t" + LIE + "\r\n\r\n");
          assertThat(client.response().text()).as(spelled).isEqualTo("GET /x ");
          sent += 2;
        }
      }
      assertThat(sent).isGreaterThan(400);
      assertThat(upstream.requests).hasSize(sent);
      String everything = upstream.everything();
      assertThat(everything).doesNotContain(LIE).contains("X-Forwarded-For: 127.0.0.1\r\n");
      for (String name : List.of("Content.Length", "Transfer_Encoding", "Host~", "X.Cookie")) {
        client.send(GET + name + ": " + LIE + "\r\n\r\n");
        assertThat(client.response().text()).isEqualTo("GET /x ");
        assertThat(upstream.everything()).doesNotContain(LIE);
      }
    }
  }

  private static List<String> spellings(String name) {
    List<String> all = new ArrayList<>();
    all.add(name);
    all.add(name.toLowerCase(Locale.ROOT));
    all.add(name.toUpperCase(Locale.ROOT));
    if (name.indexOf('-') >= 0) {
      for (char mark : "_.!#$%&'*+^`|~".toCharArray()) {
        all.add(name.replace('-', mark));
        all.add(name.replaceFirst("-", Matcher.quoteReplacement("" + mark)));
      }
    }
    return all;
  }

  /** After a request that ends the connection nothing more is read from it. */
  @Test
  void whatFollowsALastRequestIsNobodysRequest() throws IOException {
    String next = "GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
    List<String> last =
        List.of(
            GET + "Connection: close\r\n\r\n",
            GET + "Connection: keep-alive, Close\r\n\r\n",
            GET + "Connection: X\r\nConnection: close\r\n\r\n",
            "GET /x HTTP/1.0\r\nHost: app.localhost\r\n\r\n",
            "GET /x HTTP/1.0\r\n\r\n",
            "GET /x HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n",
            "POST /x HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi");
    try (RecordingUpstream upstream = new RecordingUpstream(folder.resolve("b"));
        Rig rig = new Rig().serve(List.of(upstream.address()));
        Wire victim = rig.connect()) {
      for (String request : last) {
        for (String behind : List.of(next, next + next, "\r\n" + next, "\0", "GET", next.trim())) {
          try (Wire client = rig.connect()) {
            client.send(request + behind);
            assertThat(client.response().text())
                .startsWith(request.startsWith("POST") ? "POST" : "GET");
            assertThat(client.ended()).as(request + behind).isTrue();
          }
          assertThat(victim.get("/victim").text()).isEqualTo("GET /victim ");
        }
      }
      assertThat(upstream.everything()).doesNotContain("smuggled");
    }
  }

  /** Many requests in one packet are answered one after another, each its own. */
  @Test
  void pipelinedRequestsKeepTheirOrder() throws IOException {
    try (RecordingUpstream upstream = new RecordingUpstream(folder.resolve("c"));
        Rig rig = new Rig().serve(List.of(upstream.address()));
        Wire client = rig.connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        String body = "b".repeat(i % 7);
        all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: app.localhost\r\n");
        if (i % 2 == 0) {
          all.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
        } else {
          all.append("Transfer-Encoding: chunked\r\n\r\n");
          all.append(body.isEmpty() ? "" : body.length() + "\r\n" + body + "\r\n");
          all.append("0\r\n\r\n");
        }
      }
      client.send(all.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(client.response().text()).isEqualTo("POST /" + i + " " + "b".repeat(i % 7));
      }
    }
  }

  /** One 100 at most, whoever says it, and none where no body comes or nobody asked. */
  @Test
  void expectationsGetOneAnswer() throws IOException {
    String post = "POST /x HTTP/1.1\r\nHost: app.localhost\r\n";
    try (Backend backend =
            Backend.unix(
                folder.resolve("d"),
                conn -> {
                  String head;
                  while ((head = conn.head()) != null) {
                    conn.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
                    int length = conn.body(head).length;
                    conn.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + length);
                  }
                });
        Rig rig = new Rig().serve(backend);
        Wire client = rig.connect()) {
      String expect = "Expect: 100-continue\r\n";
      client.send(post + expect + "Content-Length: 4\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(100);
      client.send("body");
      assertThat(client.response().text()).isEqualTo("4");
      // Nobody waits for it, so it may be said or not, but once at most.
      client.send(post + expect + "Content-Length: 4\r\n\r\nbody");
      Wire.Response response = client.response();
      response = response.status() == 100 ? client.response() : response;
      assertThat(response.text()).isEqualTo("4");
      for (String none : List.of("Content-Length: 0\r\n", "")) {
        client.send(post + expect + none + "\r\n");
        assertThat(client.response().text()).isEqualTo("0");
      }
      client.send(post + "Content-Length: 4\r\n\r\nbody");
      assertThat(client.response().text()).isEqualTo("4");
      client.send(post.replace("1.1", "1.0") + expect + "Content-Length: 4\r\n\r\nbody");
      assertThat(client.response().text()).isEqualTo("4");
      assertThat(backend.heads).noneMatch(head -> head.contains("Expect"));
    }
  }

  /** The edge never decompresses: what is small stays small, both ways, byte for byte. */
  @Test
  void bombsPassUnopened() throws IOException {
    byte[] bomb = bomb();
    try (Backend backend =
            Backend.unix(
                folder.resolve("e"),
                conn -> {
                  String head;
                  while ((head = conn.head()) != null) {
                    byte[] body = conn.body(head);
                    conn.say(
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                            + body.length
                            + "\r\n\r\n");
                    conn.say(body);
                  }
                });
        Rig rig = new Rig(Rigs::single).serve(backend);
        Wire client = rig.connect()) {
      for (String coding : List.of("gzip", "gzip, gzip, gzip", "br", "zstd", "deflate", "x")) {
        client.send(
            "POST /x HTTP/1.1\r\nHost: app.localhost\r\nContent-Encoding: "
                + coding
                + "\r\nContent-Length: "
                + bomb.length
                + "\r\n\r\n");
        client.send(bomb);
        Wire.Response response = client.response();
        assertThat(response.body()).isEqualTo(bomb);
        assertThat(response.field("content-encoding")).isEqualTo("gzip");
      }
      assertThat(backend.heads).allMatch(head -> head.contains("Content-Encoding: "));
    }
  }

  /** 64 MiB of zeros in gzip, in gzip. */
  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream once = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(once)) {
      for (int i = 0; i < 64; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(twice)) {
      gzip.write(once.toByteArray());
    }
    return twice.toByteArray();
  }

  /** Upgrades that are none, or to what the edge would not see through, stay plain requests. */
  @Test
  void noUpgradeButWhatIsAskedFor() throws IOException {
    List<String> none =
        List.of(
            "Upgrade: websocket\r\n",
            "Connection: Upgrade\r\n",
            "Connection: Upgrade\r\nUpgrade:\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            "Connection: Upgrade\r\nUpgrade: H2C\r\n",
            "Connection: Upgrade\r\nUpgrade: h2\r\n",
            "Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n",
            "Connection: Upgrade\r\nUpgrade: HTTP/1.1\r\n",
            "Connection: Upgrade\r\nUpgrade: h2c/1 \r\n",
            "Connection: Upgrade\r\nUpgrade: websocket/\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n");
    try (RecordingUpstream upstream = new RecordingUpstream(folder.resolve("f"));
        Rig rig = new Rig().serve(List.of(upstream.address()));
        Wire client = rig.connect()) {
      for (String fields : none) {
        String body = fields.contains("Length") ? "x" : "";
        client.send(GET + fields + "\r\n" + body);
        assertThat(client.response().text()).as(fields).isEqualTo("GET /x " + body);
      }
      String everything = upstream.everything().toLowerCase(Locale.ROOT);
      assertThat(everything).doesNotContain("upgrade").doesNotContain("http2-settings");
    }
  }

  /** UTF-8 and whatever else a field may hold passes, and splits nothing. */
  @Test
  void fieldsPassAsTheyAre() throws IOException {
    String odd = "\u00e9\u2028\u2029";
    byte[] bytes = odd.getBytes(StandardCharsets.UTF_8);
    String raw = new String(bytes, StandardCharsets.ISO_8859_1) + "\u0085\u00a0%0d%0aX: y\\r\\n";
    try (RecordingUpstream upstream = new RecordingUpstream(folder.resolve("g"));
        Rig rig = new Rig().serve(List.of(upstream.address()));
        Wire client = rig.connect()) {
      client.send(GET + "X-Odd: " + raw + "\r\n\r\n");
      assertThat(client.response().text()).isEqualTo("GET /x ");
      assertThat(upstream.everything()).contains("X-Odd: " + raw + "\r\n");
    }
  }
}
