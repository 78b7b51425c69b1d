package dev.undercloud.edge;

import dev.undercloud.core.route.Address;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A replica that keeps every byte that reached it, and frames requests by its own code, sloppily on
 * purpose: LF ends a line, the last Content-Length counts, a Transfer-Encoding that contains
 * "chunked" is chunked, a chunk size ends where its digits do. What a careless server would take
 * for a request, it takes for one. Each is answered with its method, target and body.
 */
public final class RecordingUpstream implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("\\D*(\\d{1,9}).*");
  private static final Pattern SIZE = Pattern.compile("\\s*(?:0x)?([0-9a-f]{1,7}).*");

  /** {@code METHOD target body}, in the order they were whole. */
  public final List<String> requests = new CopyOnWriteArrayList<>();

  /** The raw bytes of each connection, ISO 8859-1, complete only when it has ended. */
  private final List<StringBuffer> connections = new CopyOnWriteArrayList<>();

  private final Backend backend;

  public RecordingUpstream(Path socket) {
    backend = Backend.unix(socket, this::serve);
  }

  public Address address() {
    return backend.address();
  }

  /** Every byte that came, of all connections. */
  public String everything() {
    return String.join("\n----\n", connections);
  }

  private void serve(Backend.Conn conn) throws IOException {
    Recorder in = new Recorder(conn);
    String line;
    while ((line = in.lineOrEnd()) != null) {
      if (line.isEmpty()) {
        continue;
      }
      String request = line;
      String length = "0";
      boolean chunked = false;
      while (!(line = in.line()).isEmpty()) {
        String lower = line.toLowerCase(Locale.ROOT).strip();
        String value = lower.substring(lower.indexOf(':') + 1);
        chunked |= lower.startsWith("transfer-encoding") && lower.contains("chunked");
        Matcher digits = LENGTH.matcher(value);
        length = lower.startsWith("content-length") && digits.matches() ? digits.group(1) : length;
      }
      byte[] body = chunked ? chunks(in) : in.exactly(Integer.parseInt(length));
      String[] words = request.split("\\s+", 3);
      String seen = words[0] + " " + words[1] + " " + new String(body, StandardCharsets.ISO_8859_1);
      requests.add(seen);
      conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + seen.length() + "\r\n\r\n" + seen);
    }
  }

  private static byte[] chunks(Recorder in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      Matcher size = SIZE.matcher(in.line().toLowerCase(Locale.ROOT));
      int length = size.matches() ? Integer.parseInt(size.group(1), 16) : 0;
      if (length == 0) {
        while (!in.line().isEmpty()) {
          // Trailers.
        }
        return body.toByteArray();
      }
      body.write(in.exactly(length));
      in.line();
    }
  }

  @Override
  public void close() {
    backend.close();
    if (!backend.failures.isEmpty()) {
      throw new AssertionError("the recorder failed", backend.failures.getFirst());
    }
  }

  /** Reads and keeps. */
  private final class Recorder {
    private final Backend.Conn conn;
    private final StringBuffer bytes = new StringBuffer();

    Recorder(Backend.Conn conn) {
      this.conn = conn;
      connections.add(bytes);
    }

    private int next() throws IOException {
      int c = conn.in.read();
      if (c >= 0) {
        bytes.append((char) c);
      }
      return c;
    }

    String line() throws IOException {
      String line = lineOrEnd();
      if (line == null) {
        throw new IOException("cut between lines");
      }
      return line;
    }

    /** Without its end; null at the end of the connection where nothing was said. */
    String lineOrEnd() throws IOException {
      StringBuilder line = new StringBuilder();
      int c;
      while ((c = next()) != '\n') {
        if (c < 0) {
          if (line.isEmpty()) {
            return null;
          }
          throw new IOException("cut within a line");
        }
        line.append((char) c);
      }
      int end = line.length();
      return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    byte[] exactly(int length) throws IOException {
      byte[] body = new byte[length];
      for (int i = 0; i < length; i++) {
        int c = next();
        if (c < 0) {
          throw new IOException("cut within a body");
        }
        body[i] = (byte) c;
      }
      return body;
    }
  }
}
