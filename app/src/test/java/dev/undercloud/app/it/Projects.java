package dev.undercloud.app.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Folders that an app can be started from. */
final class Projects {
  private final Path scratch;

  Projects(Path scratch) {
    this.scratch = scratch;
    try {
      // Replicas run as a user of their own, who must be able to pass.
      Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An app that keeps score in {@link #score}, and a state folder of its own. */
  Cloud probe(String name) {
    return new Cloud(scratch.resolve("home-" + name), probeFolder(name), Map.of());
  }

  Path probeFolder(String name) {
    Path folder = scratch.resolve(name);
    try (InputStream app = Projects.class.getResourceAsStream("/probe/app.py")) {
      Files.createDirectories(folder);
      Files.copy(app, folder.resolve("app.py"));
      Files.writeString(score(), "");
      Files.setPosixFilePermissions(score(), PosixFilePermissions.fromString("rw-rw-rw-"));
      Files.writeString(folder.resolve(".env"), "PROBE_SCORE=" + score() + "\n");
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path score() {
    return scratch.resolve("score.log");
  }

  /** How often each mark reached the app. */
  Map<String, Integer> scored() {
    Map<String, Integer> counts = new HashMap<>();
    try {
      for (String line : Files.readAllLines(score())) {
        counts.merge(line, 1, Integer::sum);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counts;
  }

  /** Marks that were done more than once. */
  List<String> repeated() {
    return scored().entrySet().stream()
        .filter(e -> e.getValue() > 1)
        .map(Map.Entry::getKey)
        .collect(Collectors.toList());
  }

  Cloud example(String name, Map<String, String> environment) {
    return new Cloud(
        scratch.resolve("home-" + name),
        Cloud.CHECKOUT.resolve("examples").resolve(name),
        environment);
  }
}
