package dev.undercloud.app.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 on a plain socket: nothing is retried, hidden or repaired on the way. */
final class Wire implements AutoCloseable {
  /** A whole response; header names in lower case. */
  record Response(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final Socket socket;
  private final InputStream in;
  private final String host;

  Wire(int port, String host) throws IOException {
    this.host = host;
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(40_000);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One GET on a connection of its own. */
  static Response get(Cloud cloud, String target) {
    return get(cloud.port(), cloud.host(), target);
  }

  static Response get(int port, String host, String target) {
    try (Wire wire = new Wire(port, host)) {
      return wire.request("GET", target, "", "Connection: close\r\n");
    } catch (IOException e) {
      throw new AssertionError("GET " + target + ": " + e, e);
    }
  }

  Response request(String method, String target, String body, String headers) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String length =
        content.length > 0 || method.equals("POST")
            ? "Content-Length: " + content.length + "\r\n"
            : "";
    send(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + length + headers + "\r\n");
    socket.getOutputStream().write(content);
    return response(method);
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  Response response(String method) throws IOException {
    String[] first = line().split(" ", 3);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] field = line.split(":", 2);
      headers.merge(field[0].toLowerCase(Locale.ROOT), field[1].strip(), (a, b) -> a + ", " + b);
    }
    int status = Integer.parseInt(first[1]);
    if (status >= 100 && status < 200 && status != 101) {
      return response(method);
    }
    return new Response(
        status, headers, new String(body(method, status, headers), StandardCharsets.UTF_8));
  }

  private byte[] body(String method, int status, Map<String, String> headers) throws IOException {
    if (method.equals("HEAD") || status == 101 || status == 204 || status == 304) {
      return new byte[0];
    }
    if (headers.getOrDefault("transfer-encoding", "").contains("chunked")) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      for (int size = chunk(); size > 0; size = chunk()) {
        whole.write(exactly(size));
        line();
      }
      while (!line().isEmpty()) {
        // Trailers are read and left.
      }
      return whole.toByteArray();
    }
    String length = headers.get("content-length");
    return length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line().split(";")[0], 16);
  }

  byte[] exactly(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new IOException("ended after " + bytes.length + " of " + size + " bytes");
    }
    return bytes;
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed by the server");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      // Closed it is.
    }
  }
}
