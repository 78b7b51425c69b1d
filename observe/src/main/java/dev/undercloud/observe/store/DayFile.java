package dev.undercloud.observe.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One DuckDB file: a day, UTC, or a part of one that was large: {@code 2026-11-23.duckdb}, {@code
 * 2026-11-23.1.duckdb}. In the order in which they were written.
 *
 * @param day rows in it are of that day or, where the clock was set back, of an earlier one
 * @param part 0 for the first
 */
public record DayFile(LocalDate day, int part) implements Comparable<DayFile> {
  private static final Pattern NAME =
      Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(?:\\.(\\d{1,6}))?\\.duckdb");

  private static final Comparator<DayFile> ORDER =
      Comparator.comparing(DayFile::day).thenComparing(DayFile::part);

  /** Of a file name; empty where it is none of ours. */
  static Optional<DayFile> of(String name) {
    Matcher m = NAME.matcher(name);
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      String part = m.group(2);
      return Optional.of(
          new DayFile(LocalDate.parse(m.group(1)), part == null ? 0 : Integer.parseInt(part)));
    } catch (DateTimeException noSuchDay) {
      return Optional.empty();
    }
  }

  /** All in a directory, oldest first; none where it does not exist. */
  static List<DayFile> in(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.flatMap(f -> of(f.getFileName().toString()).stream()).sorted().toList();
    }
  }

  String fileName() {
    return day + (part == 0 ? "" : "." + part) + ".duckdb";
  }

  Path path(Path directory) {
    return directory.resolve(fileName());
  }

  /** What DuckDB writes to before the file itself. */
  Path wal(Path directory) {
    return directory.resolve(fileName() + ".wal");
  }

  /** The file and its log. */
  long bytes(Path directory) {
    return size(path(directory)) + size(wal(directory));
  }

  /** The name it is attached under. */
  String catalog() {
    return "d" + day.toString().replace('-', '_') + "_" + part;
  }

  void delete(Path directory) throws IOException {
    Files.deleteIfExists(path(directory));
    Files.deleteIfExists(wal(directory));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      return 0;
    }
  }

  @Override
  public int compareTo(DayFile other) {
    return ORDER.compare(this, other);
  }
}
