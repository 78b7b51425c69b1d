package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.file.DurableFile;
import dev.undercloud.core.policy.Maintenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Remembers that an app is closed: whoever closed it for a migration does not want it open because
 * the machine was started again.
 */
final class MaintenanceFile {
  private final Path file;

  MaintenanceFile(Path file) {
    this.file = file;
  }

  Optional<Maintenance> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(of(Json.parse(Files.readString(file))));
    } catch (IOException | RuntimeException unreadable) {
      throw CloudException.resource(
          "maintenance-file",
          "cannot read " + file,
          unreadable.toString(),
          "It says whether the app is closed. Remove it to open the app.");
    }
  }

  void write(Optional<Maintenance> wanted) {
    try {
      if (wanted.isPresent()) {
        DurableFile.write(file, json(wanted.get()).toString());
      } else {
        DurableFile.delete(file);
      }
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder",
          "cannot write " + file,
          e.toString(),
          "Check the permissions and the free space of its disk; nothing was changed.");
    }
  }

  /** When it was last switched; empty where there is no such file. */
  Optional<Instant> written() {
    try {
      return Optional.of(Files.getLastModifiedTime(file).toInstant());
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  /** As the verb takes it and the file holds it. */
  static Maintenance of(JsonNode json) {
    return new Maintenance(
        texts(json.path("except")),
        texts(json.path("allow")),
        Optional.ofNullable(json.path("page").textValue()).map(Path::of),
        Duration.ofSeconds(json.path("retry_after").asLong(Maintenance.RETRY_AFTER.toSeconds())));
  }

  static ObjectNode json(Maintenance maintenance) {
    ObjectNode json = Json.object();
    maintenance.exceptPaths().forEach(json.putArray("except")::add);
    maintenance.exceptAddresses().forEach(json.putArray("allow")::add);
    maintenance.page().ifPresent(page -> json.put("page", page.toString()));
    json.put("retry_after", maintenance.retryAfter().toSeconds());
    return json;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
