package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.runtime.build.WsgiServer.Answer;
import dev.undercloud.runtime.build.WsgiServer.Client;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class WsgiServerTest {
  static WsgiServer server;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    server = WsgiServer.serving("probe:app");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static Answer get(String path) throws Exception {
    return server.ask("GET " + path + " HTTP/1.1\nHost: x\n\n");
  }

  @Test
  void connectionsAreKeptAndRequestsPipelined() throws Exception {
    try (Client client = server.client()) {
      String one = "GET /hello HTTP/1.1\nHost: x\n\n";
      for (int i = 0; i < 3; i++) {
        Answer answer = client.ask(one);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.headers())
            .containsEntry("content-length", "5")
            .containsKey("date")
            .doesNotContainKey("connection");
      }
      client.send(one + "POST /echo HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc" + one);
      assertThat(client.read(false).body()).isEqualTo("hello");
      assertThat(client.read(false).body()).isEqualTo("abc");
      assertThat(client.read(false).body()).isEqualTo("hello");
      client.send("GET /hello HTTP/1.1\nHost: x\nConnection: close\n\n");
      assertThat(client.read(false).headers()).containsEntry("connection", "close");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void bodiesAreDecodedAndTheAppSeesWhereTheyEnd() throws Exception {
    String chunked =
        "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n4;a=b\nWiki\n6\npedia \nE\nin \n\nchunks.\n0\nTrailer: x\n\n";
    assertThat(server.ask(chunked).body()).isEqualTo("Wikipedia in \r\n\r\nchunks.");
    assertThat(server.ask("POST /lines HTTP/1.1\nHost: x\nContent-Length: 4\n\na\nb").body())
        .isEqualTo("a\r|b");
    try (Client client = server.client()) {
      client.send("POST /echo HTTP/1.1\nHost: x\nContent-Length: 6\n\nabc");
      Thread.sleep(50);
      client.send("def");
      assertThat(client.read(false).body()).isEqualTo("abcdef");
      client.send("POST /ignore HTTP/1.1\nHost: x\nContent-Length: 6\n\nunread");
      assertThat(client.read(false).body()).isEqualTo("ignored");
      assertThat(client.ask("GET /hello HTTP/1.1\nHost: x\n\n").body())
          .as("after an unread body")
          .isEqualTo("hello");
    }
  }

  @Test
  void continueIsSentWhenTheAppReads() throws Exception {
    try (Client client = server.client()) {
      client.send("POST /echo HTTP/1.1\nHost: x\nContent-Length: 3\nExpect: 100-continue\n\n");
      assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(client.line()).isEmpty();
      client.send("abc");
      assertThat(client.read(false).body()).isEqualTo("abc");
      client.send("POST /ignore HTTP/1.1\nHost: x\nContent-Length: 3\nExpect: 100-continue\n\n");
      assertThat(client.read(false).status()).isEqualTo(200);
      assertThat(client.rest()).as("closed: whether the body comes is not known").isEmpty();
    }
    assertThat(server.ask("GET /hello HTTP/1.1\nHost: x\nExpect: tea\n\n").status()).isEqualTo(417);
  }

  @Test
  void responsesAreFramedByWhatIsKnownOfThem() throws Exception {
    assertThat(get("/pair"))
        .satisfies(a -> {
          assertThat(a.headers()).containsEntry("transfer-encoding", "chunked");
          assertThat(a.body()).isEqualTo("ab");
        });
    assertThat(get("/empty").headers()).containsEntry("content-length", "0");
    assertThat(get("/write").body()).isEqualTo("written returned");
    assertThat(get("/file").body()).hasSize(100_000);
    assertThat(get("/big").body()).hasSize(20 << 20);
    assertThat(get("/recover")).satisfies(a -> assertThat(a.status()).isEqualTo(503));
    Answer old = server.ask("GET /pair HTTP/1.0\n\n");
    assertThat(old.headers())
        .containsEntry("connection", "close")
        .doesNotContainKey("transfer-encoding");
    assertThat(old.body()).isEqualTo("ab");
    try (Client client = server.client()) {
      for (String path : List.of("/nothing", "/nocontent", "/unchanged")) {
        client.send("GET " + path + " HTTP/1.1\nHost: x\n\n");
        assertThat(client.read(false).headers())
            .doesNotContainKeys("content-length", "transfer-encoding");
      }
      assertThat(client.ask("HEAD /hello HTTP/1.1\nHost: x\n\n").headers())
          .containsEntry("content-length", "5");
      assertThat(client.ask("HEAD /stream HTTP/1.1\nHost: x\n\n").status()).isEqualTo(200);
      assertThat(client.ask("GET /hello HTTP/1.1\nHost: x\n\n").body())
          .as("nothing followed those heads")
          .isEqualTo("hello");
    }
  }

  @Test
  void aStreamIsNotHeldBack() throws Exception {
    try (Client client = server.client()) {
      client.send("GET /stream HTTP/1.1\nHost: x\n\n");
      while (!client.line().isEmpty()) {}
      assertThat(client.line()).isEqualTo("3");
      assertThat(client.line()).isEqualTo("one");
      assertThat(client.socket.getInputStream().available())
          .as("the second part is not there yet")
          .isZero();
      assertThat(client.line()).isEqualTo("3");
      assertThat(client.line()).isEqualTo("two");
      assertThat(client.line()).isEqualTo("0");
    }
  }

  @Test
  void anAppThatLiesOrFailsIsToldAndTheClientCannotMistakeIt() throws Exception {
    assertThat(get("/fail").status()).isEqualTo(500);
    assertThat(get("/split").status()).isEqualTo(500);
    assertThat(get("/unicode").status()).isEqualTo(500);
    for (int i = 0; i < 20; i++) {
      assertThat(get("/quit").status()).as("more often than there are threads").isEqualTo(500);
    }
    assertThat(get("/long").body()).isEqualTo("12345");
    try (Client client = server.client()) {
      client.send("GET /late HTTP/1.1\nHost: x\nX-Request-Id: r-42\n\n");
      assertThat(client.rest()).contains("begun").doesNotContain("\r\n0\r\n");
    }
    try (Client client = server.client()) {
      client.send("GET /short HTTP/1.1\nHost: x\n\n");
      assertThat(client.rest()).endsWith("12345");
    }
    server.awaitLine("request_id=r-42");
    server.awaitLine("RuntimeError: too late");
    server.awaitLine("5 bytes less than its Content-Length");
    get("/error");
    server.awaitLine("said to wsgi.errors");
  }

  @Test
  void theEnvironmentIsWhatPep3333Says() throws Exception {
    String body =
        server
            .ask(
                "POST /caf%C3%A9%20x?a=1&b=%20 HTTP/1.1\nHost: shop.localhost:8080\nContent-Type: text/x\nContent-Length: 0\n"
                    + "X-Forwarded-For: 1.2.3.4\nX-Forwarded-Proto: https\nX_Forwarded_For: 6.6.6.6\nCookie: a=1\nCookie: b=2\nX-A: 1\nX-A: 2\n\n")
            .body();
    assertThat(body)
        .contains(
            "\"PATH_INFO\": \"/caf\\u00c3\\u00a9 x\"",
            "\"QUERY_STRING\": \"a=1&b=%20\"",
            "\"SERVER_NAME\": \"shop.localhost\"")
        .contains(
            "\"SERVER_PORT\": \"8080\"",
            "\"wsgi.url_scheme\": \"https\"",
            "\"REMOTE_ADDR\": \"1.2.3.4\"",
            "\"CONTENT_TYPE\": \"text/x\"")
        .contains(
            "\"HTTP_COOKIE\": \"a=1; b=2\"",
            "\"HTTP_X_A\": \"1,2\"",
            "\"HTTP_X_FORWARDED_FOR\": \"1.2.3.4\"")
        .doesNotContain("6.6.6.6");
    assertThat(server.ask("GET http://shop.localhost/env?x HTTP/1.1\nHost: x\n\n").body())
        .contains("\"PATH_INFO\": \"/env\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "GET /hello HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /hello HTTP/1.1\r\n\r\n",
        "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello HTTP/2.0\r\nHost: x\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void ambiguityIsRefusedAndTheConnectionClosed(String request) throws Exception {
    try (Client client = server.client()) {
      client.raw(request);
      assertThat(client.read(false).status()).isIn(400, 501, 505);
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aHeadHasALimit() throws Exception {
    assertThat(
            server.ask("GET /hello HTTP/1.1\nHost: x\nX: " + "a".repeat(70_000) + "\n\n").status())
        .isEqualTo(431);
  }

  @Test
  void idleConnectionsCostNoThreadAndRequestsRunTogether() throws Exception {
    List<Client> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Client client = server.client();
        client.ask("GET /hello HTTP/1.1\nHost: x\n\n");
        idle.add(client);
      }
      for (Client client : idle.subList(0, 8)) {
        client.send("GET /slow?s=0.5 HTTP/1.1\nHost: x\n\n");
      }
      String last = "";
      for (Client client : idle.subList(0, 8)) {
        last = client.read(false).body();
      }
      assertThat(last).as("all eight threads at once").isEqualTo("slow 8");
    } finally {
      for (Client client : idle) {
        client.close();
      }
    }
  }

  @Test
  void sigtermLetsWhatIsInFlightFinish() throws Exception {
    try (WsgiServer ending = WsgiServer.serving("probe:app");
        Client busy = ending.client();
        Client idle = ending.client()) {
      idle.ask("GET /hello HTTP/1.1\nHost: x\n\n");
      busy.send("GET /slow?s=1 HTTP/1.1\nHost: x\n\n");
      Thread.sleep(300);
      ending.process.destroy();
      assertThat(idle.rest()).isEmpty();
      Answer answer = busy.read(false);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(busy.rest()).isEmpty();
      assertThat(ending.awaitExit()).isZero();
    }
  }

  @Test
  void aUnixSocketIsServedAndRemoved() throws Exception {
    Path path = folder.resolve("s.sock");
    try (WsgiServer unix =
        new WsgiServer(
            WsgiServer.APPS,
            Map.of("SOCKET", path.toString()),
            "probe:Deep.make('hi', loud=True)",
            "--threads",
            "2")) {
      unix.awaitLine("undercloud_wsgi: serving");
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(path));
        channel.write(
            ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes()));
        ByteBuffer in = ByteBuffer.allocate(4096);
        while (channel.read(in) >= 0) {}
        assertThat(new String(in.array(), 0, in.position())).endsWith("hi!");
      }
      unix.process.destroy();
      assertThat(unix.awaitExit()).isZero();
      assertThat(Files.exists(path)).isFalse();
    }
  }

  @Test
  void anAppThatCannotBeLoadedSaysWhy() throws Exception {
    assertThat(ending("missing:app", 3)).contains("ModuleNotFoundError: No module named 'missing'");
    assertThat(ending("probe:nothere", 3)).contains("probe has no 'nothere'");
    assertThat(ending("probe:number", 3)).contains("int, not a WSGI callable");
    assertThat(ending("probe:asgi", 3)).contains("is an ASGI app").contains("uvicorn");
    assertThat(ending("probe:hello + 1", 3)).contains("neither a name nor a call");
    Files.writeString(folder.resolve("broken.py"), "import os\nraise ValueError('at import')\n");
    try (WsgiServer broken = new WsgiServer(folder, Map.of(), "broken")) {
      assertThat(broken.awaitExit()).isEqualTo(3);
      assertThat(String.join("\n", broken.output))
          .contains("broken.py\", line 2")
          .contains("ValueError: at import");
    }
  }

  @Test
  void anAddressThatIsTakenIsSaid() throws Exception {
    try (WsgiServer second =
        new WsgiServer(
            WsgiServer.APPS, Map.of("PORT", Integer.toString(server.port)), "probe:app")) {
      assertThat(second.awaitExit()).isEqualTo(4);
      assertThat(String.join("\n", second.output)).contains("cannot listen on port " + server.port);
    }
  }

  private static String ending(String app, int code) throws Exception {
    try (WsgiServer ended = new WsgiServer(WsgiServer.APPS, Map.of(), app)) {
      assertThat(ended.awaitExit()).isEqualTo(code);
      return String.join("\n", ended.output);
    }
  }
}
