package dev.undercloud.app.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.config.ConfigException;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands over a Unix socket: one JSON line in, JSON lines out, the last of them with {@code
 * exit}. Whoever may open the socket may command: its file mode is the authority. A virtual thread
 * per connection.
 */
public final class LocalServer implements AutoCloseable {
  /** Commands at once; `logs -f` holds one each. */
  static final int MOST_CONNECTIONS = 64;

  /** Longest command line: it holds arguments, never content. */
  static final int LONGEST_CALL = 64 * 1024;

  private final Path path;
  private final ServerSocketChannel server;
  private final Map<String, Verb> verbs;
  private final Semaphore places = new Semaphore(MOST_CONNECTIONS);

  private LocalServer(Path path, ServerSocketChannel server, Map<String, Verb> verbs) {
    this.path = path;
    this.server = server;
    this.verbs = Map.copyOf(verbs);
  }

  /**
   * Listens at {@code path}; what a dead process left there is replaced: the caller holds the app's
   * lock.
   */
  public static LocalServer start(Path path, Map<String, Verb> verbs) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    LocalServer local = new LocalServer(path, server, verbs);
    Thread.ofVirtual().name("local-accept").start(local::accept);
    return local;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel connection = server.accept();
        if (places.tryAcquire()) {
          Thread.ofVirtual().name("local-call").start(() -> serve(connection));
        } else {
          connection.close();
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(SocketChannel connection) {
    try (connection;
        Caller caller = new Caller(Channels.newOutputStream(connection))) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8));
      String line = readLine(in);
      if (line != null) {
        answer(Json.parse(line), caller);
      }
    } catch (IOException | RuntimeException gone) {
      // The command line went away: nobody is left to be told.
    } finally {
      places.release();
    }
  }

  private void answer(JsonNode call, Caller caller) throws IOException {
    Verb verb = verbs.get(call.path("verb").asText());
    ObjectNode end = Json.object();
    try {
      if (verb == null) {
        throw CloudException.user(
            "unknown-verb",
            "this Undercloud does not know `" + call.path("verb").asText() + "`",
            "it was started by another version",
            "Restart it: `undercloud stop`, then `undercloud up`.");
      }
      JsonNode result = verb.call(call.path("arguments"), caller);
      end.put("exit", 0).set("result", result);
    } catch (CloudException e) {
      end.put("exit", e.problem().kind().exitCode()).set("problem", Problems.json(e.problem()));
    } catch (ConfigException e) {
      Problem problem = Problems.of(e);
      end.put("exit", problem.kind().exitCode()).set("problem", Problems.json(problem));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      Problem problem =
          new Problem(
              "internal",
              Problem.Kind.INTERNAL,
              "`" + call.path("verb").asText() + "` failed inside Undercloud",
              null,
              String.valueOf(e),
              "This is a bug: please report it with the log of `up`.");
      end.put("exit", problem.kind().exitCode()).set("problem", Problems.json(problem));
    }
    caller.send(end);
  }

  /** A line of at most {@link #LONGEST_CALL} characters; null at the end. */
  private static @Nullable String readLine(BufferedReader in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (line.length() == LONGEST_CALL) {
        throw new IOException("command over " + LONGEST_CALL + " characters");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException nothingToDo) {
      // The next start replaces it.
    }
  }
}
