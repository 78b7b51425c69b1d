package dev.undercloud.edge;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that says and reads plain bytes, and frames responses on its own. */
public final class Wire implements AutoCloseable {
  /** Ends a hang; no test waits that long when things go well. */
  private static final int PATIENCE_MS = 15_000;

  public final Socket socket;
  public final InputStream in;

  public Wire(InetSocketAddress to) throws IOException {
    this(to, 0);
  }

  /**
   * @param receiveBuffer for a slow reader; 0 for the system's
   */
  public Wire(InetSocketAddress to, int receiveBuffer) throws IOException {
    socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    socket.connect(to, PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  /** Over a connection that is made already. */
  Wire(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  /** One response, its body without framing. */
  public record Response(int status, Map<String, String> fields, byte[] body, String head) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public String field(String name) {
      return fields.get(name);
    }
  }

  public Wire send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  public Response get(String path) throws IOException {
    return get("app.localhost", path);
  }

  public Response get(String host, String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return response();
  }

  public Response response() throws IOException {
    return response(false);
  }

  /**
   * Reads a response; with {@code toHead} one without a body. Throws EOFException where it is cut.
   */
  public Response response(boolean toHead) throws IOException {
    String head = head();
    int status = Integer.parseInt(head.substring(9, 12));
    boolean bodiless = toHead || status < 200 || status == 204 || status == 304;
    byte[] body = bodiless ? new byte[0] : body(in, head, true);
    return new Response(status, fields(head), body, head);
  }

  public String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("cut after: " + head);
      }
      head.append((char) c);
    }
    return head.toString();
  }

  /** Whether the connection ends without another byte. */
  public boolean ended() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  public static Map<String, String> fields(String head) {
    Map<String, String> fields = new TreeMap<>();
    head.lines()
        .skip(1)
        .filter(line -> line.contains(":"))
        .forEach(line -> {
          int colon = line.indexOf(':');
          fields.merge(
              line.substring(0, colon).toLowerCase(Locale.ROOT),
              line.substring(colon + 1).strip(),
              (a, b) -> a + ", " + b);
        });
    return fields;
  }

  /** Reads the body that {@code head} announces. */
  public static byte[] body(InputStream in, String head, boolean isResponse) throws IOException {
    Map<String, String> fields = fields(head);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if ("chunked".equals(fields.get("transfer-encoding"))) {
      while (true) {
        int size = Integer.parseInt(line(in).split(";")[0], 16);
        if (size == 0) {
          while (!line(in).isEmpty()) {
            // Trailers.
          }
          return body.toByteArray();
        }
        body.write(exactly(in, size));
        if (!line(in).isEmpty()) {
          throw new IOException("a chunk does not end where it should");
        }
      }
    }
    if (fields.containsKey("content-length")) {
      return exactly(in, Integer.parseInt(fields.get("content-length")));
    }
    return isResponse ? in.readAllBytes() : new byte[0];
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("cut after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("cut within a line");
      }
      if (c == '\n') {
        return line.substring(0, line.length() - 1);
      }
      line.append((char) c);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
