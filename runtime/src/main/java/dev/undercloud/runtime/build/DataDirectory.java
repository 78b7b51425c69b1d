package dev.undercloud.runtime.build;

import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that outlives releases. What the project already holds of an app's data is copied into
 * it once, the first time it is seen, and never again: from then on the copy is the app's.
 * Blocking.
 */
final class DataDirectory {
  /** Copying a database: as long as a large one on a slow disk takes. */
  private static final Duration BACKUP_LIMIT = Duration.ofMinutes(5);

  /** SQLite's own way to copy a database that someone may be writing to. */
  private static final String BACKUP =
      """
      import pathlib, sqlite3, sys
      source = sqlite3.connect(pathlib.Path(sys.argv[1]).as_uri() + "?mode=ro", uri=True)
      target = sqlite3.connect(sys.argv[2])
      source.backup(target)
      target.close()
      """;

  /** Settings that Flask reads from its instance folder: the project's stay the ones in force. */
  private static final String SETTINGS = "*.{py,cfg,ini,toml,json,yaml,yml}";

  private final Path data;
  private final Path project;
  private final Map<String, String> environment;

  DataDirectory(Path data, Path project, Map<String, String> environment) {
    this.data = data;
    this.project = project;
    this.environment = BuildVariables.withoutPython(environment);
  }

  /** Makes a place for every data entry; {@code python} copies databases that are in use. */
  void keep(List<Entry> entries, Optional<Path> python, Output log) throws IOException {
    if (!Files.isDirectory(data)) {
      // What visitors wrote is nobody's business but the app's.
      Trees.setMode(Files.createDirectories(data), "rwx------");
    }
    for (Entry entry : entries) {
      Path from = project.resolve(entry.path());
      Path to = data.resolve(entry.path());
      switch (entry.kind()) {
        case DATA_FILE, LIKELY_FILE -> file(entry, from, to, python, log);
        case DATA_FOLDER, LIKELY_FOLDER -> folder(entry, from, to, python, log);
        case FILE, FOLDER, LINK -> {}
      }
    }
  }

  private void file(Entry entry, Path from, Path to, Optional<Path> python, Output log)
      throws IOException {
    makeFolder(Trees.parent(to));
    if (Files.exists(to) || !Files.exists(from)) {
      return;
    }
    Path half = to.resolveSibling(to.getFileName() + ".copying");
    Trees.delete(half);
    if (Files.size(from) == 0 || python.isEmpty() || !backup(python.get(), from, half)) {
      plainCopy(from, to, half);
    }
    give(half);
    Files.move(half, to, StandardCopyOption.ATOMIC_MOVE);
    log.line("database " + entry.path() + " copied to " + to + ", where it lives from now on");
  }

  private boolean backup(Path python, Path from, Path half) throws IOException {
    List<String> command =
        List.of(python.toString(), "-I", "-c", BACKUP, from.toString(), half.toString());
    boolean done = new BuildProcess(environment, BACKUP_LIMIT).run(command, data, line -> {}) == 0;
    if (!done) {
      Trees.delete(half);
    }
    return done;
  }

  /** The file with its write-ahead log: SQLite puts the two together when it opens them. */
  private void plainCopy(Path from, Path to, Path half) throws IOException {
    for (String suffix : List.of("-wal", "-journal")) {
      Path log = from.resolveSibling(from.getFileName() + suffix);
      if (Files.exists(log)) {
        Path target = to.resolveSibling(to.getFileName() + suffix);
        Files.copy(log, target, StandardCopyOption.REPLACE_EXISTING);
        give(target);
      }
    }
    Files.copy(from, half, StandardCopyOption.REPLACE_EXISTING);
  }

  private void folder(Entry entry, Path from, Path to, Optional<Path> python, Output log)
      throws IOException {
    if (!Files.exists(to)) {
      Path half = to.resolveSibling(to.getFileName() + ".copying");
      Trees.delete(half);
      makeFolder(Trees.parent(to));
      if (Files.isDirectory(from)) {
        Trees.copy(from, half);
        databases(from, half, python);
        log.line("folder " + entry.path() + " copied to " + to + ", where it lives from now on");
      } else {
        Files.createDirectory(half);
      }
      give(half);
      Files.move(half, to, StandardCopyOption.ATOMIC_MOVE);
    } else if (entry.path().equals("instance") && Files.isDirectory(from)) {
      settings(from, to);
    }
  }

  /** A database that may be in use must be copied by SQLite, not by us. */
  private void databases(Path from, Path half, Optional<Path> python) throws IOException {
    for (Path name : python.isEmpty() ? List.<Path>of() : Trees.files(half)) {
      Path copy = half.resolve(name);
      Path backup = copy.resolveSibling(copy.getFileName() + ".copying");
      // Its companions are in the list too, and gone once it is done.
      if (Files.exists(copy)
          && DataPlaces.isSqlite(copy, Files.size(copy))
          && backup(python.get(), from.resolve(name), backup)) {
        Trees.replace(backup, copy);
        for (String suffix : DataPlaces.COMPANIONS) {
          Files.deleteIfExists(copy.resolveSibling(copy.getFileName() + suffix));
        }
      }
    }
  }

  private void settings(Path from, Path to) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from, SETTINGS)) {
      for (Path file : files) {
        Path target = to.resolve(String.valueOf(file.getFileName()));
        if (Files.isRegularFile(file)
            && (!Files.exists(target) || Files.mismatch(file, target) >= 0)) {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
          give(target);
        }
      }
    }
  }

  private void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      makeFolder(Trees.parent(folder));
      Files.createDirectory(folder);
      give(folder);
    }
  }

  /** What we put in belongs to whom the folder was given: the user that replicas run as. */
  private void give(Path tree) throws IOException {
    Object owner = Files.getAttribute(data, "unix:uid");
    if (owner.equals(Files.getAttribute(tree, "unix:uid"))) {
      return;
    }
    Object group = Files.getAttribute(data, "unix:gid");
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Files.setAttribute(path, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
