package dev.undercloud.edge.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out which process listens on a port, from /proc. Sees only what the user may see; elsewhere
 * than on Linux it finds nothing.
 */
public final class PortHolder {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";

  private PortHolder() {}

  /** {@code python3 (process 4242)}. */
  public static Optional<String> of(int port) {
    Set<String> inodes = new HashSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      inodes.addAll(listeners(PROC.resolve("net").resolve(table), port));
    }
    return inodes.isEmpty() ? Optional.empty() : processWith(inodes);
  }

  private static Set<String> listeners(Path table, int port) {
    Set<String> inodes = new HashSet<>();
    String suffix = ":" + String.format(Locale.ROOT, "%04X", port);
    try {
      for (String line : Files.readAllLines(table)) {
        String[] column = line.strip().split("\\s+");
        if (column.length > 9 && column[1].endsWith(suffix) && column[3].equals(LISTENING)) {
          inodes.add("socket:[" + column[9] + "]");
        }
      }
    } catch (IOException unreadable) {
      return Set.of();
    }
    return inodes;
  }

  private static Optional<String> processWith(Set<String> inodes) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, inodes)) {
          String name = Files.readString(process.resolve("comm")).strip();
          return Optional.of(name + " (process " + process.getFileName() + ")");
        }
      }
    } catch (IOException unreadable) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean holds(Path process, Set<String> inodes) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (inodes.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException notOurs) {
      return false;
    }
    return false;
  }
}
