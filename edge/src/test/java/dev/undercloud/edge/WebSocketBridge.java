package dev.undercloud.edge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/** Lets a client that speaks plain HTTP/1.1 alone reach the edge in another way. */
final class WebSocketBridge implements AutoCloseable {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int PIECE = 16 << 10;

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Way way;

  /** How a client's connection goes on. */
  private interface Way {
    void carry(Socket client) throws Exception;
  }

  /** What makes a connection to the edge. */
  interface Dial {
    Socket dial() throws IOException;
  }

  private WebSocketBridge(Way way) throws IOException {
    this.way = way;
    Thread.ofVirtual().start(this::accept);
  }

  /** Byte by byte over {@code dial}, which speaks TLS. */
  static WebSocketBridge bytes(Dial dial) throws IOException {
    return new WebSocketBridge(client -> {
      try (client;
          Socket edge = dial.dial()) {
        // The longest cases take longer than a test waits for anything else.
        edge.setSoTimeout(0);
        Thread up = Thread.ofVirtual().start(() -> pump(client, edge));
        pump(edge, client);
        up.join();
      }
    });
  }

  /** As a stream of HTTP/2 (RFC 8441) over {@code dial}. */
  static WebSocketBridge http2(Dial dial) throws IOException {
    return new WebSocketBridge(client -> {
      try (client;
          Socket edge = dial.dial()) {
        edge.setSoTimeout(0);
        new Stream(client, edge).run();
      }
    });
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        client.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> carry(client));
      }
    } catch (IOException closed) {
      // The end.
    }
  }

  private void carry(Socket client) {
    try {
      way.carry(client);
    } catch (Exception gone) {
      // Cases end connections in every way there is.
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException gone) {
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** One WebSocket as stream 1 of its own connection. */
  private static final class Stream {
    private final Socket client;
    private final H2Wire wire;
    private long window = 65535;
    private long connectionWindow = 65535;
    private boolean over;

    Stream(Socket client, Socket edge) throws IOException {
      this.client = client;
      wire = new H2Wire(edge);
    }

    void run() throws Exception {
      Wire http1 = new Wire(client);
      Map<String, String> fields = Wire.fields(http1.head());
      wire.send(H2Wire.hello());
      await(H2Wire.SETTINGS);
      wire.send(
          H2Wire.HEADERS,
          H2Wire.END_HEADERS,
          1,
          H2Wire.join(
              H2Wire.fields(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http"),
              H2Wire.fields(":path", "/", ":authority", fields.get("host")),
              H2Wire.fields("sec-websocket-version", "13")));
      await(H2Wire.HEADERS);
      http1.send(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
              + accept(fields.get("sec-websocket-key"))
              + "\r\n\r\n");
      Thread up = Thread.ofVirtual().start(() -> up(http1.in));
      try {
        down(client.getOutputStream());
      } finally {
        end();
        close(client);
        up.join();
      }
    }

    private void await(int type) throws IOException {
      int seen = -1;
      while (seen != type) {
        H2Wire.Frame frame = wire.next();
        learn(frame);
        seen = frame.type();
      }
    }

    private static String accept(String key) throws GeneralSecurityException {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    }

    private void down(OutputStream to) throws IOException {
      while (true) {
        H2Wire.Frame frame = wire.next();
        learn(frame);
        if (frame.type() == H2Wire.DATA) {
          to.write(frame.payload());
          wire.answer(1).body.reset();
        }
        if (frame.type() == H2Wire.RST_STREAM || frame.type() == H2Wire.GOAWAY) {
          return;
        }
        if (wire.answer(1).ended) {
          client.shutdownOutput();
        }
      }
    }

    private synchronized void learn(H2Wire.Frame frame) {
      if (frame.type() == H2Wire.WINDOW_UPDATE) {
        int more = H2Wire.number(frame.payload());
        connectionWindow += frame.stream() == 0 ? more : 0;
        window += frame.stream() == 0 ? 0 : more;
        notifyAll();
      }
      if (frame.type() == H2Wire.SETTINGS) {
        // Nothing but the first SETTINGS speaks of windows here.
        window = H2Wire.setting(frame.payload(), 4, (int) window);
      }
    }

    private void up(InputStream from) {
      byte[] piece = new byte[PIECE];
      try {
        for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
          for (int at = 0, allowed; at < n; at += allowed) {
            allowed = take(n - at);
            wire.send(H2Wire.DATA, 0, 1, Arrays.copyOfRange(piece, at, at + allowed));
          }
        }
        wire.send(H2Wire.DATA, H2Wire.END_STREAM, 1, new byte[0]);
      } catch (IOException | InterruptedException gone) {
        close(wire.socket);
      }
    }

    /** Waits for room in both windows. */
    private synchronized int take(int wanted) throws InterruptedException, IOException {
      while (Math.min(window, connectionWindow) <= 0) {
        if (over) {
          throw new IOException("the stream is over");
        }
        wait();
      }
      int allowed = (int) Math.min(wanted, Math.min(window, connectionWindow));
      window -= allowed;
      connectionWindow -= allowed;
      return allowed;
    }

    private synchronized void end() {
      over = true;
      notifyAll();
    }
  }
}
