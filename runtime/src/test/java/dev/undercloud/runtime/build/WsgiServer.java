package dev.undercloud.runtime.build;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Our WSGI runner as a process, and a client that shows every byte. */
final class WsgiServer implements AutoCloseable {
  static final Path RUNNER = Path.of("../python/undercloud_wsgi.py").toAbsolutePath().normalize();
  static final Path APPS = Path.of("src/test/resources/wsgi").toAbsolutePath();

  final Process process;
  final int port;
  final List<String> output = new CopyOnWriteArrayList<>();
  private final Thread reader;

  WsgiServer(Path directory, Map<String, String> more, String... arguments) throws Exception {
    port = freePort();
    List<String> words = new ArrayList<>(List.of("python3", "-I", RUNNER.toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().putAll(more);
    process = builder.redirectErrorStream(true).start();
    reader = Thread.ofVirtual().start(this::read);
  }

  static WsgiServer serving(String... arguments) throws Exception {
    WsgiServer server = new WsgiServer(APPS, Map.of(), arguments);
    server.awaitLine("undercloud_wsgi: serving ");
    return server;
  }

  void awaitLine(String text) throws InterruptedException {
    while (output.stream().noneMatch(line -> line.contains(text))) {
      if (!process.isAlive()) {
        reader.join();
        if (output.stream().noneMatch(line -> line.contains(text))) {
          throw new AssertionError("ended without \"" + text + "\": " + output);
        }
      }
      Thread.sleep(10);
    }
  }

  /** Waits for its end; everything it said by then. */
  int awaitExit() throws InterruptedException {
    int code = process.waitFor();
    reader.join();
    return code;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(output::add);
    } catch (IOException | UncheckedIOException ended) {
      // The process has ended.
    }
  }

  Client client() throws IOException {
    return new Client(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** One request on a connection of its own. */
  Answer ask(String request) throws IOException {
    try (Client client = client()) {
      return client.ask(request);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
    reader.join();
  }

  static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  record Answer(int status, Map<String, String> headers, String body) {}

  /** A raw connection; {@code \n} in requests stands for CRLF. */
  static final class Client implements AutoCloseable {
    final Socket socket;
    private final InputStream in;

    Client(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(20_000);
      in = socket.getInputStream();
    }

    Answer ask(String request) throws IOException {
      send(request);
      return read(request.startsWith("HEAD"));
    }

    void send(String text) throws IOException {
      raw(text.replace("\n", "\r\n"));
    }

    void raw(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    }

    Answer read(boolean head) throws IOException {
      String[] status = line().split(" ", 3);
      Map<String, String> headers = new HashMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        String[] parts = line.split(": ", 2);
        headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
      }
      int code = Integer.parseInt(status[1]);
      String body = head || code < 200 || code == 204 || code == 304 ? "" : body(headers);
      return new Answer(code, headers, body);
    }

    private String body(Map<String, String> headers) throws IOException {
      if (headers.containsKey("content-length")) {
        int length = Integer.parseInt(headers.get("content-length"));
        return text(in.readNBytes(length));
      }
      if (!"chunked".equals(headers.get("transfer-encoding"))) {
        return text(in.readAllBytes());
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
        all.write(in.readNBytes(size));
        line();
      }
      line();
      return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** A line without CRLF; throws where the stream ends in it. */
    String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("closed after: " + line);
        }
        line.write(c);
      }
      return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** All that comes until the other side closes. */
    String rest() throws IOException {
      return text(in.readAllBytes());
    }

    private static String text(byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
