package dev.undercloud.edge;

import static dev.undercloud.edge.H2Wire.CONTINUATION;
import static dev.undercloud.edge.H2Wire.DATA;
import static dev.undercloud.edge.H2Wire.END_HEADERS;
import static dev.undercloud.edge.H2Wire.END_STREAM;
import static dev.undercloud.edge.H2Wire.GOAWAY;
import static dev.undercloud.edge.H2Wire.HEADERS;
import static dev.undercloud.edge.H2Wire.PING;
import static dev.undercloud.edge.H2Wire.PUSH_PROMISE;
import static dev.undercloud.edge.H2Wire.RST_STREAM;
import static dev.undercloud.edge.H2Wire.SETTINGS;
import static dev.undercloud.edge.H2Wire.WINDOW_UPDATE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What replicas may say by HTTP/2 that they may not. */
final class HostileH2Replies {
  /** How the request it is said to ends. */
  enum Ends {
    /** 502. */
    REFUSED,
    /** The client can tell that it is not whole. */
    CUT,
    WHOLE
  }

  interface Script {
    void say(H2Replica.Conn conn, int stream) throws IOException;
  }

  /** One way to misbehave. */
  record Case(String name, String method, Ends ends, Script script) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final int FLOODS = 40;
  private static final List<Case> ALL = new ArrayList<>();
  private static final byte[] NONE = {};

  private HostileH2Replies() {}

  static List<Case> all() {
    return ALL;
  }

  private static void add(String name, Ends ends, Script script) {
    ALL.add(new Case(name, "POST", ends, script));
  }

  /** A whole response of these fields. */
  private static void head(String name, String... fields) {
    add(
        name,
        Ends.REFUSED,
        (conn, stream) -> {
          conn.head(stream, false, fields);
          conn.data(stream, true, "evil");
        });
  }

  private static void field(String what, String name, String value) {
    head(what, ":status", "200", name, value);
  }

  /** Said behind a head that makes sense. */
  private static void body(String name, Script script, String... fields) {
    add(
        name,
        Ends.CUT,
        (conn, stream) -> {
          conn.head(stream, false, fields.length == 0 ? new String[] {":status", "200"} : fields);
          conn.data(stream, false, "begun");
          script.say(conn, stream);
        });
  }

  private static void trailers(String what, String name, String value) {
    body("trailers: " + what, (conn, stream) -> conn.head(stream, true, name, value));
  }

  /** What the connection does not survive. */
  private static void broken(String name, Script script) {
    add(name, Ends.REFUSED, script);
  }

  static {
    head("no fields");
    head("no status", "content-type", "text/plain");
    head("status of two digits", ":status", "20");
    head("status of four digits", ":status", "2000");
    head("status of letters", ":status", "abc");
    head("status below 100", ":status", "099");
    head("two statuses", ":status", "200", ":status", "404");
    head("status behind a field", "x-a", "1", ":status", "200");
    head("switching protocols", ":status", "101");
    field("a request's pseudo-header field", ":path", "/evil");
    field("an unknown pseudo-header field", ":evil", "1");
    field("capital letters", "X-Evil", "1");
    field("an empty name", "", "1");
    field("a space in a name", "x evil", "1");
    field("a colon in a name", "x:evil", "1");
    field("a line end in a name", "x\r\nset-cookie", "evil=1");
    field("a line feed in a value", "x-a", "1\nset-cookie: evil=1");
    field("a line end in a value", "x-a", "1\r\nset-cookie: evil=1");
    field("a carriage return in a value", "x-a", "1\rset-cookie: evil=1");
    field("a second head in a value", "x-a", "1\r\n\r\nHTTP/1.1 200 OK\r\n\r\nevil");
    field("a NUL in a value", "x-a", "1\0");
    field("white space before a value", "x-a", " 1");
    field("white space behind a value", "x-a", "1\t");
    field("connection", "connection", "close");
    field("keep-alive", "keep-alive", "timeout=5");
    field("proxy-connection", "proxy-connection", "keep-alive");
    field("transfer-encoding", "transfer-encoding", "chunked");
    field("upgrade", "upgrade", "h2c");
    field("te", "te", "trailers");
    head("two lengths", ":status", "200", "content-length", "4", "content-length", "5");
    field("two lengths in one", "content-length", "4, 4");
    field("a length with a sign", "content-length", "+4");
    field("a length below 0", "content-length", "-4");
    field("a length of letters", "content-length", "four");
    field("a length beyond all", "content-length", "99999999999999999999");
    head("a length in an interim response", ":status", "100", "content-length", "4");
    add(
        "a head that ends where a body is declared",
        Ends.REFUSED,
        (conn, s) -> conn.head(s, true, ":status", "200", "content-length", "4"));
    add("an interim response that ends", Ends.REFUSED, (c, s) -> c.head(s, true, ":status", "103"));
    add(
        "a flood of interim responses",
        Ends.REFUSED,
        (conn, stream) -> {
          for (int i = 0; i < 100; i++) {
            conn.head(stream, false, ":status", "103");
          }
        });
    add("a body without a head", Ends.REFUSED, (conn, stream) -> conn.data(stream, true, "evil"));
    add(
        "too many fields",
        Ends.REFUSED,
        (conn, stream) -> {
          String[] many = new String[2 + 2 * 500];
          Arrays.fill(many, "x");
          many[0] = ":status";
          many[1] = "200";
          conn.head(stream, true, many);
        });
    add(
        "fields that are too large",
        Ends.REFUSED,
        (conn, stream) -> {
          String large = "x".repeat(15_000);
          conn.say(HEADERS, END_STREAM, stream, H2Wire.fields(":status", "200", "x-1", large));
          for (int i = 0; i < 6; i++) {
            conn.say(CONTINUATION, i < 5 ? 0 : END_HEADERS, stream, H2Wire.fields("x-2", large));
          }
        });

    body("more than its length", (c, s) -> c.data(s, true, "more!"), lengths("9"));
    body("less than its length", (c, s) -> c.data(s, true, "x"), lengths("50"));
    body("trailers before its length", (c, s) -> c.head(s, true, "x-a", "1"), lengths("50"));
    body("fields within the body", (conn, stream) -> conn.head(stream, false, "x-a", "1"));
    body("a second head", (conn, stream) -> conn.head(stream, false, ":status", "200"));
    trailers("a status", ":status", "200");
    trailers("a length", "content-length", "5");
    trailers("a cookie", "set-cookie", "evil=1");
    trailers("connection", "connection", "close");
    trailers("transfer-encoding", "transfer-encoding", "chunked");
    trailers("capital letters", "X-Evil", "1");
    trailers("a line end in a value", "x-a", "1\r\nset-cookie: evil=1");
    trailers("a chunk in a value", "x-a", "1\r\n\r\n5\r\nevil");
    body(
        "trailers: too large",
        (conn, stream) -> {
          byte[] large = H2Wire.fields("x-a", "x".repeat(9_000));
          conn.say(HEADERS, END_STREAM, stream, large);
          conn.say(CONTINUATION, END_HEADERS, stream, large);
        });
    for (String status : List.of("204", "304")) {
      ALL.add(
          new Case(
              "a body of a " + status,
              "POST",
              Ends.REFUSED,
              (conn, stream) -> {
                conn.head(stream, false, ":status", status);
                conn.data(stream, true, "evil");
              }));
    }
    ALL.add(
        new Case(
            "a body of an answer to HEAD",
            "HEAD",
            Ends.REFUSED,
            (conn, stream) -> {
              conn.head(stream, false, ":status", "200", "content-length", "4");
              conn.data(stream, true, "evil");
            }));
    body(
        "a window that overflows",
        (conn, stream) -> {
          conn.say(WINDOW_UPDATE, 0, stream, H2Wire.number(Integer.MAX_VALUE));
          conn.say(WINDOW_UPDATE, 0, stream, H2Wire.number(Integer.MAX_VALUE));
        });

    broken("a stream that nobody opened", (c, s) -> c.head(s + 100, true, ":status", "200"));
    broken("a stream of its own", (conn, stream) -> conn.head(2, true, ":status", "200"));
    broken("data of no stream", (conn, stream) -> conn.data(stream + 100, true, "evil"));
    broken("data of the connection", (conn, stream) -> conn.data(0, true, "evil"));
    broken("a reset of no stream", (conn, stream) -> conn.reset(stream + 100, 8));
    broken(
        "a push",
        (conn, stream) -> {
          byte[] promise = H2Wire.join(H2Wire.number(2), H2Wire.request("GET", "/evil"));
          conn.say(PUSH_PROMISE, END_HEADERS, stream, promise);
        });
    broken(
        "settings that allow pushes", (conn, stream) -> conn.say(SETTINGS, 0, 0, settings(2, 1)));
    broken("settings of an odd length", (conn, stream) -> conn.say(SETTINGS, 0, 0, new byte[5]));
    broken("settings of a stream", (conn, stream) -> conn.say(SETTINGS, 0, stream, NONE));
    broken("a frame size below all", (conn, stream) -> conn.say(SETTINGS, 0, 0, settings(5, 1)));
    broken("a window beyond all", (conn, stream) -> conn.say(SETTINGS, 0, 0, settings(4, -1)));
    broken("a ping of an odd length", (conn, stream) -> conn.say(PING, 0, 0, new byte[7]));
    broken("a ping of a stream", (conn, stream) -> conn.say(PING, 0, stream, new byte[8]));
    broken("an update by nothing", (c, s) -> c.say(WINDOW_UPDATE, 0, 0, H2Wire.number(0)));
    broken(
        "a connection window that overflows",
        (conn, stream) -> {
          conn.say(WINDOW_UPDATE, 0, 0, H2Wire.number(Integer.MAX_VALUE));
          conn.say(WINDOW_UPDATE, 0, 0, H2Wire.number(Integer.MAX_VALUE));
        });
    broken("a short reset", (conn, stream) -> conn.say(RST_STREAM, 0, stream, new byte[3]));
    broken("a short goodbye", (conn, stream) -> conn.say(GOAWAY, 0, 0, new byte[3]));
    broken(
        "fields that no table has",
        (conn, stream) ->
            conn.say(HEADERS, END_HEADERS | END_STREAM, stream, new byte[] {(byte) 0xff, 127}));
    broken(
        "a continuation of nothing",
        (conn, stream) ->
            conn.say(CONTINUATION, END_HEADERS, stream, H2Wire.fields(":status", "200")));
    broken(
        "a head cut by data",
        (conn, stream) -> {
          conn.say(HEADERS, 0, stream, H2Wire.fields(":status", "200"));
          conn.data(stream, true, "evil");
        });
    broken(
        "padding beyond the frame",
        (conn, stream) -> {
          conn.head(stream, false, ":status", "103");
          conn.say(DATA, 8 | END_STREAM, stream, new byte[] {100, 'e'});
        });
    broken(
        "a frame that is too long",
        (conn, stream) -> conn.say(DATA, END_STREAM, stream, new byte[20_000]));
    broken(
        "HTTP/1.1",
        (conn, stream) -> conn.raw.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
    broken("a flood of settings", (conn, stream) -> flood(conn, SETTINGS, NONE, 3_000));
    broken("a flood of pings", (conn, stream) -> flood(conn, PING, new byte[8], 12_000));
    broken("a flood of unknown frames", (conn, stream) -> flood(conn, 77, NONE, 22_000));
    add(
        "a flood of empty data",
        Ends.CUT,
        (conn, stream) -> {
          conn.head(stream, false, ":status", "200");
          conn.raw.say(repeated(H2Wire.frame(DATA, 0, stream, NONE), 10_000));
        });
    broken("the end", (conn, stream) -> conn.raw.close());
    body("the end within the body", (conn, stream) -> conn.raw.close());
  }

  private static String[] lengths(String length) {
    return new String[] {":status", "200", "content-length", length};
  }

  private static byte[] settings(int id, int value) {
    return java.nio.ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
  }

  private static void flood(H2Replica.Conn conn, int type, byte[] payload, int frames)
      throws IOException {
    byte[] all = repeated(H2Wire.frame(type, 0, 0, payload), frames);
    // Budgets are by time: on a machine that is slow just now one would not be enough.
    for (int i = 0; i < FLOODS; i++) {
      conn.raw.say(all);
    }
  }

  private static byte[] repeated(byte[] frame, int times) {
    byte[] all = new byte[times * frame.length];
    for (int i = 0; i < times; i++) {
      System.arraycopy(frame, 0, all, i * frame.length, frame.length);
    }
    return all;
  }
}
