package dev.undercloud.runtime.build;

import dev.undercloud.core.model.AppSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of a project is not source but data that the app writes: SQLite databases beside the code,
 * Flask's instance folder, uploads. A release is never written to and is replaced by the next one,
 * so these live in the app's data folder. Immutable.
 */
final class DataPlaces {
  private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** A SQLite file is whole pages of at least this many bytes: no other file need be opened. */
  private static final int SMALLEST_PAGE = 512;

  /** What SQLite puts beside a database; moves with it. */
  static final Set<String> COMPANIONS = Set.of("-wal", "-shm", "-journal");

  private static final Set<String> TOP_FOLDERS = Set.of("instance", "media");
  private static final String ANYWHERE = "uploads";

  private final Map<String, Entry.Kind> expected;

  private DataPlaces(Map<String, Entry.Kind> expected) {
    this.expected = expected;
  }

  /** For the app in its folder, as {@code spec} describes it. */
  static DataPlaces of(AppSpec spec) {
    Map<String, Entry.Kind> expected = new TreeMap<>();
    boolean manage = Files.isRegularFile(spec.directory().resolve("manage.py"));
    if (manage && spec.environment().getOrDefault("DATABASE_URL", "").isBlank()) {
      expected.put("db.sqlite3", Entry.Kind.DATA_FILE);
    }
    if (spec.build().packages().stream()
            .anyMatch(name -> name.toLowerCase(Locale.ROOT).contains("flask"))
        || spec.build().files().stream().anyMatch(file -> names(spec.directory(), file, "flask"))) {
      expected.put("instance", Entry.Kind.DATA_FOLDER);
    }
    return new DataPlaces(expected);
  }

  /** What the framework will write to though it is not there yet. */
  Map<String, Entry.Kind> expected() {
    return expected;
  }

  boolean isDataFile(Path file, String path, long size) throws IOException {
    if (size == 0) {
      return path.endsWith(".sqlite3") || path.endsWith(".sqlite") || path.endsWith(".db");
    }
    return isSqlite(file, size);
  }

  /** Whether a file is a SQLite database with something in it. */
  static boolean isSqlite(Path file, long size) throws IOException {
    if (size == 0 || size % SMALLEST_PAGE != 0) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(SQLITE.length), SQLITE);
    }
  }

  /** Whether {@code path} is what SQLite keeps beside a database that lies there too. */
  boolean isCompanion(Path file, String path) {
    for (String suffix : COMPANIONS) {
      if (path.endsWith(suffix)) {
        String name = String.valueOf(file.getFileName());
        return Files.exists(
            file.resolveSibling(name.substring(0, name.length() - suffix.length())));
      }
    }
    return false;
  }

  /** A folder named like one that apps write to, unless it holds the code of a module. */
  boolean isDataFolder(Path folder, String path) throws IOException {
    boolean named =
        TOP_FOLDERS.contains(path) || path.equals(ANYWHERE) || path.endsWith("/" + ANYWHERE);
    return named
        && (path.equals("instance")
            ? !Files.exists(folder.resolve("__init__.py"))
            : !holdsCode(folder));
  }

  private static boolean holdsCode(Path folder) throws IOException {
    try (DirectoryStream<Path> code = Files.newDirectoryStream(folder, "*.{py,html,js,css}")) {
      return code.iterator().hasNext();
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
  }

  private static boolean names(Path directory, String file, String word) {
    try {
      return Text.read(directory.resolve(file)).toLowerCase(Locale.ROOT).contains(word);
    } catch (IOException unreadable) {
      return false;
    }
  }
}
