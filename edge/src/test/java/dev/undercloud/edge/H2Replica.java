package dev.undercloud.edge;

import dev.undercloud.core.route.Address;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A replica made by hand that speaks HTTP/2 with prior knowledge: a script runs for each connection
 * and says every frame itself, encoded byte by byte and without any check.
 */
final class H2Replica implements AutoCloseable {
  /** What happens on one connection, whose preface was read; it closes when the script returns. */
  interface Script {
    void run(Conn conn) throws Exception;
  }

  /** What is said to a request that has become whole. */
  interface Reply {
    void say(Conn conn, Request asked) throws Exception;
  }

  /** Requests as they became whole: {@code METHOD path body}. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  final Backend backend;

  private H2Replica(Backend backend) {
    this.backend = backend;
  }

  static H2Replica tcp(Script script) {
    H2Replica[] own = new H2Replica[1];
    own[0] = new H2Replica(Backend.tcp(conn -> serve(own, conn, script)));
    return own[0];
  }

  static H2Replica unix(Path socket, Script script) {
    H2Replica[] own = new H2Replica[1];
    own[0] = new H2Replica(Backend.unix(socket, conn -> serve(own, conn, script)));
    return own[0];
  }

  /** Says {@code reply} to every request, one after the other as they become whole. */
  static H2Replica each(Reply reply) {
    return tcp(conn -> conn.hello().serve(reply));
  }

  /** Answers every request, as they become whole, with its method, path and body. */
  static H2Replica echo() {
    return each(Conn::answer);
  }

  private static void serve(H2Replica[] own, Backend.Conn conn, Script script) throws Exception {
    while (own[0] == null) {
      Thread.onSpinWait();
    }
    Conn mine = own[0].new Conn(conn);
    byte[] preface = conn.in.readNBytes(H2Wire.PREFACE.length);
    if (preface.length < H2Wire.PREFACE.length) {
      return;
    }
    if (!Arrays.equals(preface, H2Wire.PREFACE)) {
      throw new AssertionError("no preface: " + new String(preface, StandardCharsets.US_ASCII));
    }
    script.run(mine);
  }

  Address address() {
    return backend.address();
  }

  @Override
  public void close() {
    backend.close();
    if (!backend.failures.isEmpty()) {
      throw new AssertionError("the replica failed", backend.failures.getFirst());
    }
  }

  /** A request, as far as it has come. */
  static final class Request {
    final int stream;
    final Map<String, String> fields = new LinkedHashMap<>();
    final Map<String, String> trailers = new LinkedHashMap<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean ended;
    int reset = -1;

    Request(int stream) {
      this.stream = stream;
    }

    String text() {
      return body.toString(StandardCharsets.ISO_8859_1);
    }

    String line() {
      return (fields.get(":method") + " " + fields.get(":path") + " " + text()).strip();
    }
  }

  /** One connection of the edge. */
  final class Conn {
    final Backend.Conn raw;
    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(true);
    private final Map<Integer, Request> all = new LinkedHashMap<>();

    /** Those of this connection that became whole. */
    int requests;

    /** Whether windows are given back as DATA come. */
    boolean generous = true;

    Conn(Backend.Conn raw) {
      this.raw = raw;
    }

    /** SETTINGS: identifiers and values in turn. */
    Conn hello(int... settings) throws IOException {
      byte[] hello = H2Wire.hello(settings);
      raw.say(Arrays.copyOfRange(hello, H2Wire.PREFACE.length, hello.length));
      return this;
    }

    /** Says {@code reply} to every request that becomes whole, until the connection ends. */
    void serve(Reply reply) throws Exception {
      while (true) {
        reply.say(this, request());
      }
    }

    Conn say(int type, int flags, int stream, byte[] payload) throws IOException {
      raw.say(H2Wire.frame(type, flags, stream, payload));
      return this;
    }

    /** HEADERS, of names and values in turn. */
    Conn head(int stream, boolean end, String... fields) throws IOException {
      int flags = H2Wire.END_HEADERS | (end ? H2Wire.END_STREAM : 0);
      return say(H2Wire.HEADERS, flags, stream, H2Wire.fields(fields));
    }

    Conn data(int stream, boolean end, String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      return say(H2Wire.DATA, end ? H2Wire.END_STREAM : 0, stream, bytes);
    }

    Conn reset(int stream, int error) throws IOException {
      return say(H2Wire.RST_STREAM, 0, stream, H2Wire.number(error));
    }

    Conn goAway(int last, int error) throws IOException {
      return say(H2Wire.GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(last).putInt(error).array());
    }

    Conn answer(Request request) throws IOException {
      head(request.stream, false, ":status", "200", "x-line", request.line());
      return data(request.stream, true, request.line());
    }

    Request of(int stream) {
      return all.computeIfAbsent(stream, Request::new);
    }

    H2Wire.Frame next() throws IOException {
      byte[] head = raw.in.readNBytes(9);
      if (head.length < 9) {
        throw new EOFException("the connection ended");
      }
      ByteBuffer fields = ByteBuffer.wrap(head);
      int length = fields.getInt() >>> 8;
      byte[] payload = raw.in.readNBytes(length);
      H2Wire.Frame frame = new H2Wire.Frame(head[3], head[4], fields.getInt(5), payload);
      take(frame);
      return frame;
    }

    private void take(H2Wire.Frame frame) throws IOException {
      switch (frame.type()) {
        case H2Wire.HEADERS -> fields(frame);
        case H2Wire.DATA -> {
          of(frame.stream()).body.writeBytes(frame.payload());
          if (generous && frame.payload().length > 0) {
            byte[] more = H2Wire.number(frame.payload().length);
            say(H2Wire.WINDOW_UPDATE, 0, 0, more);
            if (!frame.has(H2Wire.END_STREAM)) {
              say(H2Wire.WINDOW_UPDATE, 0, frame.stream(), more);
            }
          }
        }
        case H2Wire.RST_STREAM -> of(frame.stream()).reset = frame.error();
        case H2Wire.SETTINGS -> {
          if (!frame.has(H2Wire.ACK)) {
            say(H2Wire.SETTINGS, H2Wire.ACK, 0, new byte[0]);
          }
        }
        case H2Wire.PING -> {
          if (!frame.has(H2Wire.ACK)) {
            say(H2Wire.PING, H2Wire.ACK, 0, frame.payload());
          }
        }
        default -> {}
      }
      boolean ends = frame.type() == H2Wire.HEADERS || frame.type() == H2Wire.DATA;
      if (ends && frame.has(H2Wire.END_STREAM)) {
        Request request = of(frame.stream());
        request.ended = true;
        requests++;
        H2Replica.this.requests.add(request.line());
      }
    }

    private void fields(H2Wire.Frame frame) throws IOException {
      ByteBuf block = Unpooled.wrappedBuffer(frame.payload());
      Request request = of(frame.stream());
      Map<String, String> to = request.fields.isEmpty() ? request.fields : request.trailers;
      try {
        Http2Headers headers = hpack.decodeHeaders(frame.stream(), block);
        headers.forEach(e -> to.merge(e.getKey() + "", e.getValue() + "", (a, b) -> a + ", " + b));
      } catch (Http2Exception e) {
        throw new IOException(e);
      }
    }

    /** The next request that begins. */
    Request begun() throws IOException {
      H2Wire.Frame frame = next();
      while (frame.type() != H2Wire.HEADERS) {
        frame = next();
      }
      return of(frame.stream());
    }

    /** The next request that becomes whole. */
    Request request() throws IOException {
      while (true) {
        H2Wire.Frame frame = next();
        boolean ends = frame.type() == H2Wire.HEADERS || frame.type() == H2Wire.DATA;
        if (ends && frame.has(H2Wire.END_STREAM)) {
          return of(frame.stream());
        }
      }
    }

    /** Reads to the end of the connection; the error of its GOAWAY, or -1. */
    int goodbye() throws IOException {
      int error = -1;
      try {
        while (true) {
          H2Wire.Frame frame = next();
          if (frame.type() == H2Wire.GOAWAY) {
            error = frame.error();
          }
        }
      } catch (EOFException end) {
        return error;
      }
    }
  }
}
