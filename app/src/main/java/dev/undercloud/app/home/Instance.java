package dev.undercloud.app.home;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who runs an app, left in its state folder for the command line to find.
 *
 * @param app the app's name
 * @param directory the user's project
 * @param pid of the Undercloud
 * @param socket where it takes commands
 * @param admin URL of the admin listener, without token
 * @param port where the app is served by plain HTTP on loopback; 0 while it is not yet
 * @param hosts names that it is served by
 */
public record Instance(
    String app, Path directory, long pid, Path socket, String admin, int port, List<String> hosts) {
  public Instance {
    hosts = List.copyOf(hosts);
  }

  /** One whose app is not served yet. */
  public Instance(String app, Path directory, long pid, Path socket, String admin) {
    this(app, directory, pid, socket, admin, 0, List.of());
  }

  /** Replaces what is written at {@code file}, whole or not at all. */
  public void write(Path file) throws IOException {
    ObjectNode json = Json.object();
    json.put("app", app).put("directory", directory.toString()).put("pid", pid);
    json.put("socket", socket.toString()).put("admin", admin);
    json.put("port", port);
    hosts.forEach(json.putArray("hosts")::add);
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(next, json.toString());
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * What is written at {@code file}; empty where nobody runs the app or the file cannot be read.
   */
  public static Optional<Instance> read(Path file) {
    try {
      JsonNode json = Json.parse(Files.readString(file));
      List<String> hosts = new ArrayList<>();
      json.path("hosts").forEach(host -> hosts.add(host.asText()));
      return Optional.of(
          new Instance(
              json.path("app").asText(),
              Path.of(json.path("directory").asText()),
              json.path("pid").asLong(),
              Path.of(json.path("socket").asText()),
              json.path("admin").asText(),
              json.path("port").asInt(),
              hosts));
    } catch (IOException | RuntimeException nobody) {
      return Optional.empty();
    }
  }
}
