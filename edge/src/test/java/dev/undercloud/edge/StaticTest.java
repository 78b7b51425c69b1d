package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.time.Clock;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files and compression through a running edge. */
@Timeout(60)
class StaticTest {
  private static final String HOST = " HTTP/1.1\r\nHost: app.localhost\r\n";
  private static final int LARGE = 5 << 20;

  @TempDir Path folder;
  private Path assets;
  private byte[] large;

  @BeforeEach
  void makeFiles() throws IOException {
    assets = java.nio.file.Files.createDirectories(folder.resolve("assets"));
    large = new byte[LARGE];
    new Random(3).nextBytes(large);
    write("a.css", ".a { margin: 0 }\n".repeat(500).getBytes(StandardCharsets.US_ASCII));
    write("large.bin", large);
    java.nio.file.Files.writeString(folder.resolve("secret.txt"), "not for anyone");
    java.nio.file.Files.createSymbolicLink(
        assets.resolve("link.txt"), folder.resolve("secret.txt"));
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = java.nio.file.Files.write(assets.resolve(name), content);
    java.nio.file.Files.setLastModifiedTime(
        file, FileTime.from(Clock.system().now().minus(Duration.ofHours(1))));
  }

  private void serveFiles(Rig rig, boolean orApp) {
    Files files = new Files(List.of(assets), "/assets/", false, orApp);
    RouteRule rule =
        new RouteRule(
            "undercloud.toml:1",
            "/assets/*",
            List.of(),
            Set.of(),
            Map.of(),
            RouteOptions.NONE.with(files));
    AppPolicy policy = AppPolicy.NONE.withRoutes(List.of(rule));
    rig.policies.publish(new EdgePolicies(1, Map.of("app", policy)));
    Rig.eventually(() -> rig.edge.view().policiesInForce() == 1);
  }

  private static String unzipped(byte[] body) throws IOException {
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void filesAreServedWithoutTheApp() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("s"), Backend.saying("the app"));
        Wire client = rig.serve(backend).connect()) {
      serveFiles(rig, false);
      String css = java.nio.file.Files.readString(assets.resolve("a.css"));
      Wire.Response plain = client.get("/assets/a.css");
      assertThat(plain.status()).isEqualTo(200);
      assertThat(plain.text()).isEqualTo(css);
      assertThat(plain.field("x-request-id")).isNotNull();
      ExchangeSlot told = rig.exchange();
      assertThat(told.outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
      assertThat(told.status).isEqualTo(200);
      assertThat(told.responseBytes).isEqualTo(css.length());

      Wire.Response zipped =
          client.send("GET /assets/a.css" + HOST + "Accept-Encoding: gzip\r\n\r\n").response();
      assertThat(zipped.field("content-encoding")).isEqualTo("gzip");
      assertThat(unzipped(zipped.body())).isEqualTo(css);
      Wire.Response same =
          client
              .send(
                  "GET /assets/a.css"
                      + HOST
                      + "Accept-Encoding: gzip\r\nIf-None-Match: "
                      + zipped.field("etag")
                      + "\r\n\r\n")
              .response();
      assertThat(same.status()).isEqualTo(304);
      Wire.Response part =
          client.send("GET /assets/a.css" + HOST + "Range: bytes=3-5\r\n\r\n").response();
      assertThat(part.status()).isEqualTo(206);
      assertThat(part.text()).isEqualTo(css.substring(3, 6));
      Wire.Response parts =
          client.send("GET /assets/a.css" + HOST + "Range: bytes=0-1,4-5\r\n\r\n").response();
      assertThat(parts.field("content-type")).startsWith("multipart/byteranges");
      Wire.Response none =
          client.send("GET /assets/a.css" + HOST + "Range: bytes=99999-\r\n\r\n").response();
      assertThat(none.status()).isEqualTo(416);
      Wire.Response head = client.send("HEAD /assets/a.css" + HOST + "\r\n").response(true);
      assertThat(head.field("content-length")).isEqualTo(String.valueOf(css.length()));
      assertThat(client.get("/assets/none.css").status()).isEqualTo(404);
      assertThat(client.get("/assets/link.txt").status()).isEqualTo(404);
      assertThat(client.get("/").text()).isEqualTo("the app");
      assertThat(client.get("/assets/a.css").text()).isEqualTo(css);
      assertThat(backend.heads).hasSize(1);
      Wire.Response post =
          client.send("POST /assets/a.css" + HOST + "Content-Length: 3\r\n\r\nabc").response();
      assertThat(post.status()).isEqualTo(405);
      assertThat(post.field("allow")).isEqualTo("GET, HEAD");
      assertThat(backend.heads).hasSize(1);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("s"), Backend.saying("the app"));
        Wire client = rig.serve(backend).connect()) {
      serveFiles(rig, false);
      client.send(
          ("GET /assets/large.bin" + HOST + "\r\n").repeat(2)
              + "GET /app"
              + HOST
              + "\r\nGET /assets/a.css"
              + HOST
              + "\r\n");
      assertThat(client.response().body()).isEqualTo(large);
      assertThat(client.response().body()).isEqualTo(large);
      assertThat(client.response().text()).isEqualTo("the app");
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  @Test
  void aFileCutShortWhileItIsSentIsNotTakenForWhole() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("s"), Backend.saying("the app"))) {
      rig.serve(backend);
      serveFiles(rig, false);
      try (Wire slow = new Wire(rig.address(), 4096)) {
        slow.send("GET /assets/large.bin" + HOST + "\r\n");
        slow.head();
        try (RandomAccessFile file =
            new RandomAccessFile(assets.resolve("large.bin").toFile(), "rw")) {
          file.setLength(LARGE - 1);
        }
        assertThatThrownBy(
                () -> {
                  if (slow.in.readNBytes(LARGE).length < LARGE) {
                    throw new EOFException();
                  }
                })
            .isInstanceOf(IOException.class);
      }
      ExchangeSlot cut = rig.exchange();
      assertThat(cut.outcome).isEqualTo(Outcome.UPSTREAM_ABORTED);
      try (Wire next = rig.connect()) {
        assertThat(next.get("/assets/large.bin").body()).hasSize(LARGE - 1);
      }
    }
  }

  @Test
  void whatIsNotThereGoesToTheAppWhereTheFolderWasFound() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("s"), Backend.saying("the app"));
        Wire client = rig.serve(backend).connect()) {
      serveFiles(rig, true);
      assertThat(client.get("/assets/a.css").text()).startsWith(".a {");
      assertThat(client.get("/assets/none.css").text()).isEqualTo("the app");
      assertThat(client.get("/assets/link.txt").text()).isEqualTo("the app");
      Wire.Response post =
          client.send("POST /assets/a.css" + HOST + "Content-Length: 0\r\n\r\n").response();
      assertThat(post.text()).isEqualTo("the app");
    }
  }

  @Test
  void responsesOfTheAppAreCompressed() throws Exception {
    String html = "<li>hello</li>\n".repeat(1000);
    Backend.Script script =
        conn -> {
          String request;
          while ((request = conn.request()) != null) {
            String framing = "Content-Length: " + html.length() + "\r\n\r\n" + html;
            if (request.startsWith("GET /chunked")) {
              framing =
                  "Transfer-Encoding: chunked\r\n\r\n"
                      + Integer.toHexString(html.length())
                      + "\r\n"
                      + html
                      + "\r\n0\r\n\r\n";
            }
            conn.say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"x\"\r\n" + framing);
          }
        };
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("s"), script);
        Wire client = rig.serve(backend).connect()) {
      for (String path : List.of("/", "/chunked", "/")) {
        Wire.Response zipped =
            client.send("GET " + path + HOST + "Accept-Encoding: gzip\r\n\r\n").response();
        assertThat(zipped.field("content-encoding")).isEqualTo("gzip");
        assertThat(zipped.field("vary")).isEqualTo("Accept-Encoding");
        assertThat(zipped.field("etag")).isEqualTo("W/\"x\"");
        assertThat(zipped.field("content-length")).isNull();
        assertThat(zipped.body().length).isLessThan(html.length() / 10);
        assertThat(unzipped(zipped.body())).isEqualTo(html);
      }
      Wire.Response plain = client.get("/");
      assertThat(plain.field("content-encoding")).isNull();
      assertThat(plain.text()).isEqualTo(html);
      Wire.Response cookie =
          client.send("GET /" + HOST + "Accept-Encoding: gzip\r\nCookie: s=1\r\n\r\n").response();
      assertThat(cookie.field("content-encoding")).isNull();
      client.send("GET / HTTP/1.0\r\nHost: app.localhost\r\nAccept-Encoding: gzip\r\n\r\n");
      Wire.Response old = client.response();
      assertThat(old.field("transfer-encoding")).isNull();
      assertThat(unzipped(old.body())).isEqualTo(html);
    }
  }

  @Test
  void whatStreamsStaysTimely() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    Backend.Script script =
        conn -> {
          conn.request();
          conn.say(
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "6\r\nfirst\n\r\n");
          read.await();
          conn.say("7\r\nsecond\n\r\n0\r\n\r\n");
        };
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("s"), script);
        Wire client = rig.serve(backend).connect()) {
      client.send("GET /" + HOST + "Accept-Encoding: gzip\r\n\r\n");
      assertThat(client.head()).contains("Content-Encoding: gzip");
      InputStream text = new GZIPInputStream(new Unchunked(client.in), 1);
      assertThat(line(text)).isEqualTo("first");
      read.countDown();
      assertThat(line(text)).isEqualTo("second");
      assertThat(text.read()).isEqualTo(-1);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      assertThat(c).isNotNegative();
      line.append((char) c);
    }
    return line.toString();
  }

  /** Payload of chunks, never reading further than asked. */
  private static final class Unchunked extends InputStream {
    private final InputStream in;
    private int left;
    private boolean ended;

    Unchunked(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      if (ended) {
        return -1;
      }
      if (left == 0) {
        left = Integer.parseInt(size(), 16);
        if (left == 0) {
          ended = true;
          size();
          return -1;
        }
      }
      int c = in.read();
      if (--left == 0) {
        size();
      }
      return c;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      int c = read();
      if (c < 0) {
        return -1;
      }
      into[at] = (byte) c;
      return 1;
    }

    @Override
    public int available() {
      return 0;
    }

    private String size() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }
  }
}
