package dev.undercloud.runtime.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A mounted cgroup hierarchy (cgroups(7)), as {@code /proc/self/mountinfo} tells it.
 *
 * @param root the part of the hierarchy that the mount shows: not {@code /} in a container
 * @param point where it is mounted
 * @param unified whether it is of version 2
 * @param controllers of version 1; empty for version 2, which lists them in a file
 */
record CgroupMount(String root, Path point, boolean unified, Set<String> controllers) {
  private static final Set<String> KNOWN = Set.of("cpu", "cpuacct", "memory", "pids");

  CgroupMount {
    controllers = Set.copyOf(controllers);
  }

  /** Every hierarchy this process sees; none where {@code /proc} says nothing. */
  static List<CgroupMount> all() {
    try {
      return parse(Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
    } catch (IOException none) {
      return List.of();
    }
  }

  static List<CgroupMount> parse(String mountinfo) {
    List<CgroupMount> found = new ArrayList<>();
    for (String line : mountinfo.split("\n")) {
      int dash = line.indexOf(" - ");
      if (dash < 0) {
        continue;
      }
      String[] left = line.substring(0, dash).split(" ");
      String[] right = line.substring(dash + 3).split(" ");
      if (left.length < 5 || right.length < 3) {
        continue;
      }
      boolean unified = right[0].equals("cgroup2");
      Set<String> controllers =
          Arrays.stream(right[2].split(",")).filter(KNOWN::contains).collect(Collectors.toSet());
      if (unified || right[0].equals("cgroup") && !controllers.isEmpty()) {
        found.add(
            new CgroupMount(
                unescape(left[3]),
                Path.of(unescape(left[4])),
                unified,
                unified ? Set.of() : controllers));
      }
    }
    return found;
  }

  /** The path of this process in the hierarchy, from {@code /proc/self/cgroup}. */
  static String ownPath(String procSelfCgroup) {
    for (String line : procSelfCgroup.split("\n")) {
      if (line.startsWith("0::/")) {
        return line.substring(3);
      }
    }
    return "/";
  }

  /** Blanks and the like are written as three octal digits. */
  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && i + 3 < text.length()) {
        out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }
}
