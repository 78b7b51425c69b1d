package dev.undercloud.edge;

import dev.undercloud.core.route.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real WebSocket server in Python, which echoes: {@code websocket/echo.py} says how strictly. */
public final class EchoServer implements AutoCloseable {
  private final Process process;
  private final Path socket;
  private final int port;

  /**
   * @param folder for its program and its socket
   */
  public EchoServer(Path folder) throws IOException {
    Path program = copy("/websocket/echo.py", folder);
    socket = folder.resolve("echo.sock");
    process =
        new ProcessBuilder("python3", program.toString(), socket.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said =
        new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    if (said == null) {
      throw new IOException("the echo server did not start");
    }
    port = Integer.parseInt(said);
  }

  static Path copy(String resource, Path folder) throws IOException {
    Path to = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    try (InputStream in = EchoServer.class.getResourceAsStream(resource)) {
      Files.copy(in, to);
    }
    return to;
  }

  /** Where the edge finds it. */
  public Address address() {
    return new Address.Unix(socket);
  }

  /** Where clients find it without the edge. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
