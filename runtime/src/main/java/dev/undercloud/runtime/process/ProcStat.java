package dev.undercloud.runtime.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A line of {@code /proc/<pid>/stat} (proc(5)), as far as we need it.
 *
 * @param state one letter; Z and X are dead
 * @param cpuTicks user and system time in clock ticks, with that of children it has waited for
 * @param startTicks start time since boot in clock ticks: with the pid an identity
 * @param residentPages of memory
 */
record ProcStat(
    long pid,
    String name,
    char state,
    long parent,
    long group,
    long session,
    long cpuTicks,
    long startTicks,
    long residentPages) {

  /** Clock ticks a second as user space sees them: a constant of the kernel's interface. */
  static final long TICKS_A_SECOND = 100;

  private static final Path PROC = Path.of("/proc");

  /**
   * Parses a line. The name is whatever the process chose, spaces, parentheses and line ends
   * included: it ends at the last closing parenthesis.
   */
  static Optional<ProcStat> parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 2 || close < open) {
      return Optional.empty();
    }
    String[] field = line.substring(close + 1).strip().split(" ");
    if (field.length < 22) {
      return Optional.empty();
    }
    long ticks = 0;
    for (int i = 11; i <= 14; i++) {
      ticks += Long.parseLong(field[i]);
    }
    return Optional.of(
        new ProcStat(
            Long.parseLong(line.substring(0, open).strip()),
            line.substring(open + 1, close),
            field[0].charAt(0),
            Long.parseLong(field[1]),
            Long.parseLong(field[2]),
            Long.parseLong(field[3]),
            ticks,
            Long.parseLong(field[19]),
            Long.parseLong(field[21])));
  }

  /** The process as it is now; empty where there is none. */
  static Optional<ProcStat> of(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/stat"));
      return parse(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** Every process that can be seen. */
  static List<ProcStat> all() {
    List<ProcStat> found = new ArrayList<>();
    for (long pid : pids()) {
      of(pid).ifPresent(found::add);
    }
    return found;
  }

  static List<Long> pids() {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        found.add(Long.parseLong(entry.getFileName().toString()));
      }
    } catch (IOException unreadable) {
      return found;
    }
    return found;
  }

  /** Whether it runs: a zombie does not, even where nobody ever collects it. */
  boolean alive() {
    return state != 'Z' && state != 'X' && state != 'x';
  }

  /** Whether the process of this identity runs now. */
  static boolean alive(long pid, long startTicks) {
    return of(pid).filter(stat -> stat.startTicks == startTicks && stat.alive()).isPresent();
  }

  /** Memory of this machine in bytes; a guess of a GiB where the kernel does not say. */
  static long memoryOfMachine() {
    try {
      for (String line : Files.readAllLines(PROC.resolve("meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException | NumberFormatException unreadable) {
      return 1L << 30;
    }
    return 1L << 30;
  }

  /** The effective user id of this process. */
  static int euid() {
    try (Stream<String> lines = Files.lines(PROC.resolve("self/status"))) {
      return lines
          .filter(line -> line.startsWith("Uid:"))
          .map(line -> Integer.valueOf(line.split("\\s+")[2]))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("the driver needs /proc", e);
    }
  }

  /** A variable of a process's initial environment; empty where it is unreadable or not set. */
  static Optional<String> environment(long pid, String name) {
    try {
      byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/environ"));
      String text = "\0" + new String(bytes, StandardCharsets.UTF_8);
      int at = text.indexOf("\0" + name + "=");
      if (at < 0) {
        return Optional.empty();
      }
      int from = at + name.length() + 2;
      int to = text.indexOf('\0', from);
      return Optional.of(text.substring(from, to < 0 ? text.length() : to));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
