package dev.undercloud.runtime.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds programs as execvp(3) does, and what they need besides themselves. */
final class Executables {
  /** Where an app without a PATH looks. */
  static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** The kernel's own limit of scripts that are run by scripts. */
  private static final int DEEPEST = 4;

  /** As much of a {@code #!} line as the kernel reads. */
  private static final int LONGEST_LINE = 256;

  private Executables() {}

  /** The file that a word means; it exists, but may not be executable. */
  static Optional<Path> find(String word, String path, Path workingDirectory) {
    if (word.indexOf('/') >= 0) {
      return Optional.of(workingDirectory.resolve(word)).filter(Files::exists);
    }
    Optional<Path> second = Optional.empty();
    for (String folder : path.split(":")) {
      Path file = workingDirectory.resolve(folder).resolve(word);
      if (Files.isRegularFile(file)) {
        if (Files.isExecutable(file)) {
          return Optional.of(file);
        }
        second = second.or(() -> Optional.of(file));
      }
    }
    return second;
  }

  /**
   * What a user must be able to do to execute a program: it, and whatever its first line names.
   *
   * @param path where {@code #!/usr/bin/env name} looks
   */
  static List<RunAs.Need> needs(Path program, String path) {
    List<RunAs.Need> needs = new ArrayList<>();
    Path at = program;
    for (int i = 0; i < DEEPEST; i++) {
      needs.add(new RunAs.Need("-x", at));
      List<String> line = firstLine(at);
      if (line.isEmpty()) {
        break;
      }
      needs.add(new RunAs.Need("-r", at));
      boolean env = line.size() > 1 && line.getFirst().endsWith("/env");
      Optional<Path> named = env ? find(line.get(1), path, Path.of("/")) : Optional.empty();
      at = named.orElse(Path.of(line.getFirst()));
    }
    return needs;
  }

  /** The words after {@code #!}, the first an absolute path; none for what is no script. */
  private static List<String> firstLine(Path program) {
    try (InputStream in = Files.newInputStream(program)) {
      String head = new String(in.readNBytes(LONGEST_LINE), StandardCharsets.ISO_8859_1);
      if (!head.startsWith("#!")) {
        return List.of();
      }
      List<String> words = List.of(head.substring(2).split("\n", 2)[0].strip().split("\\s+"));
      return words.getFirst().startsWith("/") ? words : List.of();
    } catch (IOException unreadable) {
      return List.of();
    }
  }
}
