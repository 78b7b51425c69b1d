package dev.undercloud.edge;

import static dev.undercloud.edge.H2Wire.fields;
import static dev.undercloud.edge.H2Wire.frame;
import static dev.undercloud.edge.H2Wire.join;
import static dev.undercloud.edge.H2Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests of HTTP/2 that would become others, or two, where they are said as HTTP/1.1; whole and
 * byte by byte. Nothing of them reaches the replica, and a victim on another connection gets its
 * own answer.
 */
@Timeout(60)
class Http2HostileTest {
  @TempDir static Path folder;

  private static Rig rig;
  private static RecordingUpstream upstream;

  /**
   * @param frames what the client sends behind its preface, on stream 1
   * @param expected {@code reset} for PROTOCOL_ERROR, {@code goaway}, or the status of an answer
   */
  record Row(String name, byte[] frames, String expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void start() {
    upstream = new RecordingUpstream(folder.resolve("a"));
    rig = new Rig();
    rig.serve(List.of(upstream.address()));
  }

  @AfterAll
  static void stop() {
    rig.close();
    upstream.close();
  }

  private static final String[] PSEUDO = {
    ":method", "GET", ":scheme", "http", ":path", "/evil", ":authority", "app.localhost"
  };

  private static final String PLAIN =
      ":method=GET :scheme=http :path=/evil :authority=app.localhost";

  /** With these fields, each {@code name=value}; {@code {plain}} stands for those of a request. */
  private static Row head(String name, String expected, String all) {
    String[] fields =
        Stream.of(all.replace("{plain}", PLAIN).split(" "))
            .flatMap(field -> Stream.of(field.split("=", 2)))
            .toArray(String[]::new);
    return new Row(name, frame(1, 5, 1, fields(fields)), expected);
  }

  /** A plain request with one pseudo-header field changed; null leaves it out. */
  private static Row pseudo(String expected, String field, String value) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < PSEUDO.length; i += 2) {
      if (!PSEUDO[i].equals(field)) {
        all.add(PSEUDO[i]);
        all.add(PSEUDO[i + 1]);
      } else if (value != null) {
        all.add(field);
        all.add(value);
      }
    }
    String name = field + " " + (value == null ? "left out" : "'" + value + "'");
    return new Row(name, frame(1, 5, 1, fields(all.toArray(String[]::new))), expected);
  }

  private static Row with(String expected, String... more) {
    return new Row(
        "with " + String.join(" ", more), frame(1, 5, 1, request("GET", "/evil", more)), expected);
  }

  private static Row post(String name, String expected, byte[] block, byte[]... rest) {
    return new Row(name, join(frame(1, 4, 1, block), join(rest)), expected);
  }

  private static byte[] data(int flags, String text) {
    return frame(0, flags, 1, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Stream<Row> rows() {
    String smuggled = "GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
    return Stream.of(
        // Line ends in names and values.
        with("reset", "x", "a\r\nx: b"),
        with("reset", "x", "a\r\n\r\n" + smuggled),
        with("reset", "x", "a\nb"),
        with("reset", "x", "a\rb"),
        with("reset", "x", "a\0b"),
        with("reset", "x", "a\u007fb"),
        with("reset", "x", "\u0001"),
        with("reset", "x", " a"),
        with("reset", "x", "a "),
        with("reset", "x", "\ta"),
        with("reset", "x\r\ny", "a"),
        with("reset", "x: y\r\nz", "a"),
        with("reset", "x y", "a"),
        with("reset", "x:", "a"),
        with("reset", "", "a"),
        with("reset", "X-Upper", "a"),
        with("reset", "x\u00e4", "a"),
        with("reset", "x\0", "a"),
        with("reset", "content-length\0", "1"),
        with("reset", "(x)", "a"),
        with("reset", "cookie", "a=1\r\nx: y"),
        with("reset", "cookie", "a=1", "cookie", "\r\n\r\n"),
        // Fields that belong to connections of HTTP/1.
        with("reset", "connection", "close"),
        with("reset", "connection", "x-forwarded-for"),
        with("reset", "proxy-connection", "keep-alive"),
        with("reset", "keep-alive", "timeout=5"),
        with("reset", "transfer-encoding", "chunked"),
        with("reset", "transfer-encoding", "identity"),
        with("reset", "transfer-encoding", ""),
        with("reset", "upgrade", "h2c"),
        with("reset", "upgrade", "websocket"),
        with("reset", "te", "gzip"),
        with("reset", "te", "trailers, chunked"),
        // Pseudo-header fields.
        pseudo("reset", ":method", null),
        pseudo("reset", ":scheme", null),
        pseudo("reset", ":path", null),
        pseudo("400", ":authority", null),
        pseudo("reset", ":method", ""),
        pseudo("reset", ":path", ""),
        pseudo("reset", ":authority", ""),
        pseudo("reset", ":method", "GET / HTTP/1.1\r\nx: y\r\n\r\nGET"),
        pseudo("reset", ":method", "GET /admin HTTP/1.1"),
        pseudo("501", ":method", "get"),
        pseudo("400", ":method", "G(T"),
        pseudo("501", ":method", "TRACE"),
        pseudo("reset", ":method", "CONNECT"),
        pseudo("reset", ":path", "/ HTTP/1.1\r\nx: y"),
        pseudo("reset", ":path", "/a b"),
        pseudo("reset", ":path", "/a\tb"),
        pseudo("reset", ":path", "/a\0"),
        pseudo("reset", ":path", "*"),
        pseudo("reset", ":path", "evil"),
        pseudo("reset", ":path", "http://app.localhost/evil"),
        pseudo("reset", ":path", "?evil"),
        pseudo("400", ":path", "/a#b"),
        pseudo("400", ":path", "/\u00e4"),
        pseudo("reset", ":scheme", "ftp"),
        pseudo("reset", ":scheme", "http\r\nx: y"),
        pseudo("reset", ":scheme", "http://other/"),
        pseudo("reset", ":authority", "app.localhost\r\nx: y"),
        pseudo("reset", ":authority", "app.localhost x"),
        pseudo("400", ":authority", "user@app.localhost"),
        pseudo("400", ":authority", "app.localhost/evil"),
        pseudo("400", ":authority", "app.localhost,other"),
        pseudo("400", ":authority", "app.localhost:99999"),
        pseudo("400", ":authority", "app..localhost"),
        head(
            "a pseudo-header field behind others",
            "reset",
            ":method=GET :scheme=http :path=/evil x=y :authority=app.localhost"),
        head("an unknown pseudo-header field", "reset", "{plain} :evil=y"),
        head("the pseudo-header field of responses", "reset", ":status=200 {plain}"),
        head(
            "two methods",
            "reset",
            ":method=GET :method=POST :scheme=http :path=/evil :authority=app.localhost"),
        head(
            "two paths",
            "reset",
            ":method=GET :path=/a :scheme=http :path=/evil :authority=app.localhost"),
        head("two authorities", "reset", "{plain} :authority=other"),
        head(
            "two schemes",
            "reset",
            ":method=GET :scheme=http :scheme=https :path=/evil :authority=app.localhost"),
        head("':protocol' without CONNECT", "reset", "{plain} :protocol=websocket"),
        head(
            "CONNECT with another protocol",
            "501",
            ":method=CONNECT :protocol=connect-udp :scheme=http :path=/evil :authority=app.localhost"),
        head("plain CONNECT", "501", ":method=CONNECT :authority=app.localhost:22"),
        head("CONNECT without authority", "reset", ":method=CONNECT"),
        // Hosts.
        with("reset", "host", "other.localhost"),
        with("reset", "host", "app.localhost", "host", "other.localhost"),
        head(
            "two hosts",
            "400",
            ":method=GET :scheme=http :path=/evil host=app.localhost host=app.localhost"),
        head("an empty host", "400", ":method=GET :scheme=http :path=/evil host="),
        // Lengths.
        with("reset", "content-length", "5"),
        with("400", "content-length", "0", "content-length", "0"),
        with("400", "content-length", "0, 0"),
        with("400", "content-length", "-1"),
        with("400", "content-length", "+1"),
        with("400", "content-length", "0x1"),
        with("400", "content-length", ""),
        with("400", "content-length", "99999999999999999999"),
        post(
            "fewer bytes than declared",
            "reset",
            request("POST", "/evil", "content-length", "50"),
            data(1, "abc")),
        post(
            "more bytes than declared",
            "reset",
            request("POST", "/evil", "content-length", "1"),
            data(1, "abc" + smuggled)),
        post(
            "more bytes than declared, later",
            "reset",
            request("POST", "/evil", "content-length", "3"),
            data(0, "abc"),
            data(1, smuggled)),
        post(
            "a body where none is declared",
            "reset",
            request("POST", "/evil", "content-length", "0"),
            data(1, smuggled)),
        // Trailers.
        post(
            "a pseudo-header field in trailers",
            "reset",
            request("POST", "/evil"),
            frame(1, 5, 1, fields(":path", "/b"))),
        post(
            "a line end in trailers",
            "reset",
            request("POST", "/evil"),
            frame(1, 5, 1, fields("x", "a\r\n\r\n" + smuggled))),
        post(
            "framing in trailers",
            "reset",
            request("POST", "/evil"),
            frame(1, 5, 1, fields("content-length", "5"))),
        post(
            "connection in trailers",
            "reset",
            request("POST", "/evil"),
            frame(1, 5, 1, fields("connection", "close"))),
        post(
            "a host in trailers",
            "reset",
            request("POST", "/evil"),
            frame(1, 5, 1, fields("host", "b"))),
        post(
            "a capital letter in trailers",
            "reset",
            request("POST", "/evil"),
            frame(1, 5, 1, fields("X", "b"))),
        post(
            "too many trailers",
            "reset",
            request("POST", "/evil"),
            frame(1, 5, 1, fields(many(40, "t")))),
        // Sizes.
        new Row("too many fields", frame(1, 5, 1, request("GET", "/evil", many(101, "x"))), "431"),
        new Row("too many crumbs", frame(1, 5, 1, request("GET", "/evil", crumbs(400))), "431"),
        new Row(
            "an expectation", frame(1, 4, 1, request("POST", "/evil", "expect", "200-ok")), "417"),
        long414(),
        // Frames.
        new Row("DATA first", data(1, smuggled), "goaway"),
        new Row(
            "HTTP/1 behind the preface", smuggled.getBytes(StandardCharsets.ISO_8859_1), "goaway"),
        new Row("a stream of the server", frame(1, 5, 2, request("GET", "/evil")), "goaway"),
        new Row(
            "a promise", frame(5, 4, 1, join(H2Wire.number(2), request("GET", "/evil"))), "goaway"),
        new Row("a frame too large", new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 1}, "goaway"),
        new Row("index 0", frame(1, 5, 1, new byte[] {(byte) 0x80}), "goaway"),
        new Row("an index nobody filled", frame(1, 5, 1, new byte[] {(byte) 0xff, 0x40}), "goaway"),
        new Row("a cut literal", frame(1, 5, 1, new byte[] {0, 5, 'a'}), "goaway"),
        new Row(
            "a table larger than allowed",
            frame(1, 5, 1, join(new byte[] {0x3f, (byte) 0xe2, 0x1f}, request("GET", "/evil"))),
            "goaway"),
        new Row("CONTINUATION of nothing", frame(9, 4, 1, request("GET", "/evil")), "goaway"),
        new Row(
            "a frame between HEADERS and CONTINUATION",
            join(frame(1, 1, 1, request("GET", "/evil")), frame(6, 0, 0, new byte[8])),
            "goaway"),
        new Row(
            "CONTINUATION of another stream",
            join(frame(1, 1, 1, request("GET", "/evil")), frame(9, 4, 3, new byte[0])),
            "goaway"));
  }

  private static Row long414() {
    byte[] block =
        fields(
            ":method",
            "GET",
            ":scheme",
            "http",
            ":authority",
            "app.localhost",
            ":path",
            "/" + "a".repeat(17_000));
    byte[] first = Arrays.copyOf(block, 10_000);
    byte[] rest = Arrays.copyOfRange(block, 10_000, block.length);
    return new Row("a long path", join(frame(1, 1, 1, first), frame(9, 4, 1, rest)), "414");
  }

  private static String[] many(int count, String name) {
    String[] all = new String[2 * count];
    for (int i = 0; i < count; i++) {
      all[2 * i] = name + i;
      all[2 * i + 1] = "v";
    }
    return all;
  }

  private static String[] crumbs(int count) {
    String[] all = new String[2 * count];
    for (int i = 0; i < count; i++) {
      all[2 * i] = "cookie";
      all[2 * i + 1] = "c" + i + "=v";
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void nothingOfItReachesTheReplica(Row row) throws IOException {
    for (boolean whole : new boolean[] {true, false}) {
      try (H2Wire client = H2Wire.to(rig.address());
          H2Wire victim = H2Wire.to(rig.address())) {
        send(client, row.frames, whole);
        assertThat(verdict(client)).as("%s, %s", row, whole).isEqualTo(row.expected);
        victim.get(1, "/victim");
        assertThat(victim.until(1).text()).isEqualTo("GET /victim ");
      }
    }
    assertThat(upstream.everything()).doesNotContain("smuggled\r\n", "HTTP/2");
    assertThat(upstream.requests).allMatch(request -> request.equals("GET /victim "));
  }

  private static void send(H2Wire client, byte[] bytes, boolean whole) throws IOException {
    if (whole) {
      client.send(bytes);
      return;
    }
    // The first bytes one by one: every boundary of frames and of the first fields.
    int slow = Math.min(bytes.length, 300);
    for (int i = 0; i < slow; i++) {
      client.send(new byte[] {bytes[i]});
    }
    client.send(Arrays.copyOfRange(bytes, slow, bytes.length));
  }

  private static String verdict(H2Wire client) throws IOException {
    while (true) {
      H2Wire.Frame frame;
      try {
        frame = client.next();
      } catch (EOFException | SocketException end) {
        return "goaway";
      }
      if (frame.type() == H2Wire.GOAWAY) {
        return "goaway";
      }
      if (frame.type() == H2Wire.RST_STREAM) {
        return frame.error() == 1 ? "reset" : "reset with " + frame.error();
      }
      H2Wire.Answer answer = client.answer(1);
      if (answer.ended) {
        return "" + answer.status;
      }
    }
  }
}
