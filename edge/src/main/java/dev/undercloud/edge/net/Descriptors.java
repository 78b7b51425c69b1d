package dev.undercloud.edge.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files and sockets this process may have open. */
public final class Descriptors {
  private static final String LINE = "Max open files";

  /** What Linux gives by default; what we assume where nobody tells. */
  private static final int USUAL = 1024;

  private Descriptors() {}

  /** The soft limit, which the Java runtime has raised to the hard one at its start. */
  public static int most() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(LINE)) {
          String soft = line.substring(LINE.length()).strip().split("\\s+")[0];
          return soft.equals("unlimited")
              ? Integer.MAX_VALUE
              : (int) Math.min(Long.parseLong(soft), Integer.MAX_VALUE);
        }
      }
    } catch (IOException | NumberFormatException unreadable) {
      return USUAL;
    }
    return USUAL;
  }
}
