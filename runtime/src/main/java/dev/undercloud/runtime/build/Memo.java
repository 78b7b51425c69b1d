package dev.undercloud.runtime.build;

import dev.undercloud.core.model.BuildSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a release's environment was found to be, beside its snapshot: while project, interpreter and
 * wishes are the same, no lock file need be parsed again.
 *
 * @param inputs hash of what the key was worked out from, but for the project's files
 * @param key of the environment
 * @param installsProject whether the project itself was installed into it
 */
record Memo(String inputs, String key, boolean installsProject) {
  private static final String FILE = "environment";

  static String inputs(Interpreter python, BuildSpec spec) {
    return new Digest()
        .add(python.path().toString())
        .add(python.version())
        .add(python.platform())
        .add(spec.toString())
        .hex();
  }

  void write(Path release) throws IOException {
    Files.write(release.resolve(FILE), List.of(inputs, key, Boolean.toString(installsProject)));
  }

  /** Of {@code release}, if it was made with these inputs. */
  static Optional<Memo> read(Path release, String inputs) throws IOException {
    Path file = release.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    return lines.size() == 3 && lines.getFirst().equals(inputs)
        ? Optional.of(new Memo(inputs, lines.get(1), Boolean.parseBoolean(lines.get(2))))
        : Optional.empty();
  }
}
