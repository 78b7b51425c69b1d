package dev.undercloud.runtime.detect;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Python interpreters that may be on this machine, in the order of the search path: what runs the
 * app is likely to be the same, so that it understands the same syntax.
 */
final class Interpreters {
  private static final List<String> NAMES = List.of("python3", "python");
  private static final List<String> USUAL =
      List.of("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin");

  private Interpreters() {}

  /** Existing programs. */
  static List<Path> on(String searchPath) {
    List<String> folders = new ArrayList<>(List.of(searchPath.split(":")));
    folders.addAll(USUAL);
    Set<Path> found = new LinkedHashSet<>();
    for (String name : NAMES) {
      for (String folder : folders) {
        try {
          Path program = Path.of(folder).resolve(name);
          if (program.isAbsolute() && Files.isExecutable(program) && !Files.isDirectory(program)) {
            found.add(program);
          }
        } catch (InvalidPathException notAFolder) {
          continue;
        }
      }
    }
    return List.copyOf(found);
  }
}
