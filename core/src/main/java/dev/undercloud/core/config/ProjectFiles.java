package dev.undercloud.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Text files of a project, each read once and only as far as a config file may be long. */
final class ProjectFiles {
  /** Longer than any file a person writes, and than most lock files; more is not read. */
  static final int MOST_BYTES = 32 << 20;

  private final Path directory;
  private final Errors errors;
  private final Map<String, Optional<String>> read = new HashMap<>();

  ProjectFiles(Path directory, Errors errors) {
    this.directory = directory;
    this.errors = errors;
  }

  Path directory() {
    return directory;
  }

  boolean exists(String name) {
    return Files.isRegularFile(directory.resolve(name));
  }

  /**
   * The text of a file; empty where there is none or where it cannot be read, which is an error.
   */
  Optional<String> text(String name) {
    return read.computeIfAbsent(name, this::load);
  }

  private Optional<String> load(String name) {
    if (!exists(name)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(directory.resolve(name))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        errors.add(name, 0, "", "longer than " + (MOST_BYTES >> 20) + " MiB; shorten it");
        return Optional.empty();
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException notUtf8) {
      errors.add(name, 0, "", "not UTF-8 text; save it as UTF-8");
    } catch (IOException unreadable) {
      errors.add(name, 0, "", "cannot be read (" + unreadable.getMessage() + "); check its mode");
    }
    return Optional.empty();
  }
}
