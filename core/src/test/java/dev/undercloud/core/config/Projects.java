package dev.undercloud.core.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small projects for tests. */
final class Projects {
  /** A scanner on a machine without Python. */
  static final PythonScanner NO_PYTHON =
      _ -> PythonScan.unavailable("no python3 was found on PATH");

  private Projects() {}

  /** Writes {@code name, text, name, text, …} below a folder called shop. */
  static Path make(Path temporary, String... filesAndTexts) throws IOException {
    Path directory = Files.createDirectories(temporary.resolve("shop"));
    for (int i = 0; i < filesAndTexts.length; i += 2) {
      Path file = directory.resolve(filesAndTexts[i]);
      Files.createDirectories(file.getParent());
      Files.writeString(file, filesAndTexts[i + 1]);
    }
    return directory;
  }
}
