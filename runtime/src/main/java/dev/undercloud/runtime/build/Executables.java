package dev.undercloud.runtime.build;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds programs the way a shell does. */
final class Executables {
  private static final List<String> USUAL = List.of("/usr/local/bin", "/usr/bin", "/bin");

  private Executables() {}

  /** The folders of PATH, in order. */
  static List<Path> path(Map<String, String> environment) {
    List<Path> folders = new ArrayList<>();
    for (String folder : environment.getOrDefault("PATH", "").split(":")) {
      try {
        if (folder.startsWith("/")) {
          folders.add(Path.of(folder));
        }
      } catch (InvalidPathException odd) {
        // Nothing can be run from there.
      }
    }
    return folders;
  }

  /** The first {@code name} in PATH, else in the usual folders. */
  static Optional<Path> find(String name, Map<String, String> environment) {
    List<Path> folders = new ArrayList<>(path(environment));
    USUAL.forEach(folder -> folders.add(Path.of(folder)));
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
