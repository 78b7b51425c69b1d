package dev.undercloud.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client that says and reads plain frames of HTTP/2. What it sends is encoded here, byte by byte
 * and without any check; fields are literals that enter no table.
 */
final class H2Wire implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private static final int PATIENCE_MS = 15_000;

  final Socket socket;
  final InputStream in;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(true);
  private final Map<Integer, Answer> answers = new HashMap<>();

  /** Whether windows are given back as DATA come. */
  boolean generous = true;

  /** One frame as it came. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    /** Of RST_STREAM, or the last number of GOAWAY. */
    int error() {
      return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
    }
  }

  /** What has come for one stream. */
  static final class Answer {
    int status;
    final List<Integer> interim = new ArrayList<>();
    final Map<String, String> fields = new TreeMap<>();
    final Map<String, String> trailers = new TreeMap<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean ended;
    int reset = -1;

    String text() {
      return body.toString(StandardCharsets.UTF_8);
    }
  }

  /** Connects and says nothing. */
  H2Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  /** Connects and says hello. */
  static H2Wire to(InetSocketAddress address, int... settings) throws IOException {
    H2Wire wire = new H2Wire(new Socket(address.getAddress(), address.getPort()));
    wire.send(hello(settings));
    return wire;
  }

  static byte[] hello(int... settings) {
    ByteBuffer payload = ByteBuffer.allocate(settings.length / 2 * 6);
    for (int i = 0; i < settings.length; i += 2) {
      payload.putShort((short) settings[i]).putInt(settings[i + 1]);
    }
    return join(PREFACE, frame(SETTINGS, 0, 0, payload.array()));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(9 + payload.length);
    out.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    out.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    return out.array();
  }

  static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  static int number(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getInt();
  }

  /** What SETTINGS say of {@code id}. */
  static int setting(byte[] payload, int id, int otherwise) {
    ByteBuffer in = ByteBuffer.wrap(payload);
    int found = otherwise;
    while (in.hasRemaining()) {
      int each = in.getShort();
      int value = in.getInt();
      found = each == id ? value : found;
    }
    return found;
  }

  /** Names and values in turn, as literals without indexing. */
  static byte[] fields(String... namesAndValues) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      out.write(0);
      literal(namesAndValues[i], out);
      literal(namesAndValues[i + 1], out);
    }
    return out.toByteArray();
  }

  private static void literal(String text, ByteArrayOutputStream out) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int rest = bytes.length;
    if (rest < 127) {
      out.write(rest);
    } else {
      out.write(127);
      for (rest -= 127; rest >= 128; rest >>>= 7) {
        out.write(rest & 127 | 128);
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  /** The fields of a plain request, and more. */
  static byte[] request(String method, String path, String... more) {
    return join(
        fields(":method", method, ":scheme", "http", ":path", path, ":authority", "app.localhost"),
        fields(more));
  }

  /** Any thread: frames do not mix. */
  synchronized H2Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  H2Wire send(int type, int flags, int stream, byte[] payload) throws IOException {
    return send(frame(type, flags, stream, payload));
  }

  /** A request without body. */
  H2Wire get(int stream, String path, String... more) throws IOException {
    return send(HEADERS, END_HEADERS | END_STREAM, stream, request("GET", path, more));
  }

  H2Wire post(int stream, String path, String... more) throws IOException {
    return send(HEADERS, END_HEADERS, stream, request("POST", path, more));
  }

  H2Wire data(int stream, String text, boolean end) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return send(DATA, end ? END_STREAM : 0, stream, bytes);
  }

  Frame read() throws IOException {
    byte[] head = in.readNBytes(9);
    if (head.length < 9) {
      throw new EOFException("the connection ended");
    }
    ByteBuffer fields = ByteBuffer.wrap(head);
    int length = fields.getInt() >>> 8;
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException("the connection ended within a frame");
    }
    return new Frame(head[3], head[4], fields.getInt(5), payload);
  }

  /** Reads the next frame, keeps what it says about its stream, and answers what asks for it. */
  Frame next() throws IOException {
    Frame frame = read();
    Answer answer = answer(frame.stream);
    switch (frame.type) {
      case HEADERS -> head(frame, answer);
      case DATA -> {
        answer.body.writeBytes(frame.payload);
        answer.ended |= frame.has(END_STREAM);
        if (generous && frame.payload.length > 0) {
          byte[] more = number(frame.payload.length);
          send(join(frame(WINDOW_UPDATE, 0, 0, more), frame(WINDOW_UPDATE, 0, frame.stream, more)));
        }
      }
      case RST_STREAM -> answer.reset = frame.error();
      case SETTINGS -> {
        if (!frame.has(ACK)) {
          send(SETTINGS, ACK, 0, new byte[0]);
        }
      }
      case PING -> {
        if (!frame.has(ACK)) {
          send(PING, ACK, 0, frame.payload);
        }
      }
      default -> {}
    }
    return frame;
  }

  private void head(Frame frame, Answer answer) throws IOException {
    if (!frame.has(END_HEADERS)) {
      throw new IOException("this client reads no CONTINUATION");
    }
    ByteBuf block = Unpooled.wrappedBuffer(frame.payload);
    Http2Headers headers;
    try {
      headers = hpack.decodeHeaders(frame.stream, block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    boolean trailers = answer.status >= 200;
    if (!trailers) {
      int status = Integer.parseInt(headers.status().toString());
      if (status < 200) {
        answer.interim.add(status);
      } else {
        answer.status = status;
      }
    }
    Map<String, String> to = trailers ? answer.trailers : answer.fields;
    headers.forEach(e -> to.merge(e.getKey() + "", e.getValue() + "", (a, b) -> a + ", " + b));
    answer.ended |= frame.has(END_STREAM);
  }

  Answer answer(int stream) {
    return answers.computeIfAbsent(stream, id -> new Answer());
  }

  /** Reads until the stream has ended, one way or another. */
  Answer until(int stream) throws IOException {
    Answer answer = answer(stream);
    while (!answer.ended && answer.reset < 0) {
      if (next().type == GOAWAY) {
        throw new IOException("GOAWAY before the end of stream " + stream);
      }
    }
    return answer;
  }

  /** Reads until there is a frame of this type, without its acknowledgements. */
  Frame until(int stream, int type) throws IOException {
    while (true) {
      Frame frame = next();
      boolean ack = (type == SETTINGS || type == PING) && frame.has(ACK);
      if (frame.type == type && frame.stream == stream && !ack) {
        return frame;
      }
    }
  }

  /** Reads to the end of the connection: the error of its GOAWAY, or -1 where there was none. */
  int goodbye() throws IOException {
    int error = -1;
    try {
      while (true) {
        Frame frame = next();
        if (frame.type == GOAWAY) {
          error = frame.error();
        }
      }
    } catch (EOFException | SocketException end) {
      return error;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
