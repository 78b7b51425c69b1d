package dev.undercloud.control.health;

import dev.undercloud.core.model.HealthCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One health check by HTTP/2 with prior knowledge (RFC 9113, 3.3), as far as one needs it. Without
 * a health path an answer that resets the stream counts as alive too: that is what gRPC servers say
 * to a GET. A path of {@code grpc.health.v1.Health} is asked as gRPC's health checking protocol has
 * it, and passes where the service is SERVING. Blocking, used once.
 */
final class Http2Exchange {
  private static final String GRPC_HEALTH = "/grpc.health.v1.Health/";
  private static final byte[] PREFACE = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;
  private static final int FRAME_HEAD = 9;

  /** As long as a frame may be where nothing else was agreed (RFC 9113, 6.5.2). */
  private static final int LONGEST_FRAME = 16 << 10;

  /** A server that says so much without an answer does not mean to give one. */
  private static final int MOST_FRAMES = 200;

  /** An empty request: of the server as a whole. */
  private static final byte[] EMPTY_MESSAGE = new byte[5];

  /** A response with {@code status = SERVING}: flag, length, field 1 as a varint. */
  private static final byte[] SERVING = {0, 0, 0, 0, 2, 8, 1};

  private final SocketChannel channel;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();

  Http2Exchange(SocketChannel channel) {
    this.channel = channel;
  }

  /** Whether text that should be HTTP/1.1 is the SETTINGS frame that HTTP/2 begins with. */
  static boolean isSettings(CharSequence text) {
    return text.length() >= FRAME_HEAD - 1
        && text.charAt(0) == 0
        && text.charAt(3) == SETTINGS
        && text.charAt(4) == 0
        && text.charAt(5) == 0;
  }

  Answer ask(String host, HealthCheck check) throws IOException {
    String path = check.path() == null ? "/" : check.path();
    boolean grpc = path.startsWith(GRPC_HEALTH);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PREFACE);
    frame(SETTINGS, 0, 0, new byte[0], out);
    int end = END_HEADERS | (grpc ? 0 : END_STREAM);
    frame(HEADERS, end, 1, request(host, path, grpc), out);
    if (grpc) {
      frame(DATA, END_STREAM, 1, EMPTY_MESSAGE, out);
    }
    write(out);
    return grpc ? served(path) : judged(host, path, check.path() == null);
  }

  private static byte[] request(String host, String path, boolean grpc) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    field(":method", grpc ? "POST" : "GET", out);
    field(":scheme", "http", out);
    field(":path", path, out);
    field(":authority", host, out);
    field("user-agent", "undercloud-health", out);
    if (grpc) {
      field("content-type", "application/grpc", out);
      field("te", "trailers", out);
    }
    return out.toByteArray();
  }

  private Answer judged(String host, String path, boolean lenient) throws IOException {
    boolean first = true;
    for (int frames = 0; frames < MOST_FRAMES; frames++) {
      Frame frame = next(first);
      first = false;
      if (frame.type == RST_STREAM) {
        return lenient ? Answer.PASSED : Answer.failed("resets the stream of GET " + path);
      }
      if (frame.type == HEADERS) {
        int status = HpackStatus.of(frame.block());
        if (status >= 200 || status < 0) {
          return status < 0
              ? Answer.failed("answers GET " + path + " without a status")
              : HttpProbe.judge(status, "", host, path, lenient);
        }
      }
    }
    throw new BadAnswer("sends frame after frame of HTTP/2 but no answer");
  }

  private Answer served(String path) throws IOException {
    boolean first = true;
    for (int frames = 0; frames < MOST_FRAMES; frames++) {
      Frame frame = next(first);
      first = false;
      if (frame.type == DATA && message.size() < SERVING.length) {
        message.writeBytes(frame.block());
      }
      if (Arrays.equals(message.toByteArray(), SERVING)) {
        return Answer.PASSED;
      }
      boolean ends = frame.type == HEADERS || frame.type == DATA;
      if (frame.type == RST_STREAM || ends && (frame.flags & END_STREAM) != 0) {
        break;
      }
    }
    return Answer.failed("does not answer SERVING to " + path);
  }

  /** A frame of our stream, or of the connection where that says something. */
  private Frame next(boolean first) throws IOException {
    ByteBuffer head = read(FRAME_HEAD);
    int length = head.getInt(0) >>> 8;
    int type = head.get(3);
    if (first && (type != SETTINGS || head.get(4) != 0 || length > LONGEST_FRAME)) {
      throw new BadAnswer(
          "does not speak HTTP/2; without protocol = \"h2c\" it is asked by HTTP/1.1");
    }
    if (length > LONGEST_FRAME) {
      throw new BadAnswer("breaks HTTP/2: a frame of " + length + " bytes");
    }
    Frame frame = new Frame(type, head.get(4), read(length).array());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (type == SETTINGS && (frame.flags & ACK) == 0) {
      frame(SETTINGS, ACK, 0, new byte[0], out);
    } else if (type == PING && (frame.flags & ACK) == 0) {
      frame(PING, ACK, 0, frame.payload, out);
    } else if (type == GOAWAY) {
      throw new BadAnswer("goes away (GOAWAY) without an answer");
    }
    write(out);
    return frame;
  }

  private record Frame(int type, int flags, byte[] payload) {
    /** Without padding and priority. */
    byte[] block() {
      boolean padded = (flags & PADDED) != 0;
      int from = (padded ? 1 : 0) + (type == HEADERS && (flags & PRIORITY) != 0 ? 5 : 0);
      int to = payload.length - (padded && payload.length > 0 ? payload[0] & 0xff : 0);
      return from >= to ? new byte[0] : Arrays.copyOfRange(payload, from, to);
    }
  }

  private ByteBuffer read(int length) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(length);
    while (in.hasRemaining()) {
      if (channel.read(in) < 0) {
        throw new BadAnswer("closes the connection without an answer");
      }
    }
    return in.flip();
  }

  private void write(ByteArrayOutputStream bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes.toByteArray());
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  private static void frame(
      int type, int flags, int stream, byte[] payload, ByteArrayOutputStream out) {
    ByteBuffer head = ByteBuffer.allocate(FRAME_HEAD);
    head.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    head.put((byte) type).put((byte) flags).putInt(stream);
    out.writeBytes(head.array());
    out.writeBytes(payload);
  }

  /** A literal that enters no table (RFC 7541, 6.2.2). */
  private static void field(String name, String value, ByteArrayOutputStream out) {
    out.write(0);
    text(name, out);
    text(value, out);
  }

  private static void text(String text, ByteArrayOutputStream out) {
    byte[] bytes = ascii(text);
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

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
