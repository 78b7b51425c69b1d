package dev.undercloud.runtime.process;

import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The groups of one replica, one in each hierarchy we use. Knows the version of each by the files
 * in it, so that a later process needs no more than the paths. Any thread.
 *
 * @param groups directories; that of version 2 first where there is one; empty where this host
 *     gives us none
 */
record Cgroup(List<Path> groups) {
  /** The file that lists the processes of a group and takes new ones. */
  static final String PROCESSES = "cgroup.procs";

  static final Cgroup NONE = new Cgroup(List.of());

  /** A group stays busy for a moment after its last process died. */
  private static final Duration REMOVE_PATIENCE = Duration.ofSeconds(2);

  Cgroup {
    groups = List.copyOf(groups);
  }

  boolean exists() {
    return groups.stream().anyMatch(Files::isDirectory);
  }

  /** The files a process writes its id into to join. */
  List<Path> joins() {
    return groups.stream().map(group -> group.resolve(PROCESSES)).toList();
  }

  /** The processes in it, those of groups the app made below it included. */
  List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    groups.stream().filter(Files::isDirectory).findFirst().ifPresent(group -> collect(group, pids));
    return pids;
  }

  private static void collect(Path group, List<Long> pids) {
    try {
      Files.readAllLines(group.resolve(PROCESSES)).stream().map(Long::parseLong).forEach(pids::add);
    } catch (IOException gone) {
      return;
    }
    below(group).forEach(child -> collect(child, pids));
  }

  /** SIGKILL to all in it, at once where the kernel can (5.14 and version 2). */
  void kill() {
    for (Path group : groups) {
      Path kill = group.resolve("cgroup.kill");
      if (Files.exists(kill)) {
        try {
          CgroupTree.write(kill, "1");
          return;
        } catch (IOException refused) {
          break;
        }
      }
    }
    pids().forEach(pid -> Sys.kill(pid, Sys.SIGKILL));
  }

  /** How many processes of it the kernel has killed for the memory limit. */
  long oomKills() {
    return number("memory.events", "oom_kill")
        .or(() -> number("memory.oom_control", "oom_kill"))
        .orElse(0L);
  }

  /** What it uses; empty where no group counts processor time. */
  Optional<Usage> usage() {
    Optional<Long> cpu =
        number("cpuacct.usage", "")
            .or(() -> number("cpu.stat", "usage_usec").map(micros -> micros * 1000));
    if (cpu.isEmpty()) {
      return Optional.empty();
    }
    List<Long> pids = pids();
    long memory = memory().orElseGet(() -> Members.residentBytes(pids));
    return Optional.of(new Usage(cpu.get(), memory, pids.size()));
  }

  /** Memory that could not be had back at once: without the file cache nobody has used lately. */
  private Optional<Long> memory() {
    return number("memory.current", "")
        .map(used -> used - number("memory.stat", "inactive_file").orElse(0L))
        .or(() ->
            number("memory.usage_in_bytes", "")
                .map(used -> used - number("memory.stat", "total_inactive_file").orElse(0L)))
        .map(used -> Math.max(0, used));
  }

  /** A number in the first group that has such a file: the whole file, or the line of a key. */
  private Optional<Long> number(String file, String key) {
    for (Path group : groups) {
      try {
        String text = Files.readString(group.resolve(file), StandardCharsets.US_ASCII);
        for (String line : text.split("\n")) {
          if (key.isEmpty() || line.startsWith(key + " ")) {
            return Optional.of(Long.parseLong(line.substring(key.length()).strip()));
          }
        }
      } catch (IOException | NumberFormatException notHere) {
        continue;
      }
    }
    return Optional.empty();
  }

  /**
   * Removes the groups and what is empty above them; whether nothing is left. Ends who came late:
   * one that was being started when everything was already being ended.
   */
  boolean remove(Clock clock) throws InterruptedException {
    long deadline = clock.nanos() + REMOVE_PATIENCE.toNanos();
    boolean gone = true;
    for (Path group : groups) {
      while (!removed(group) && clock.nanos() < deadline) {
        kill();
        clock.sleep(Duration.ofMillis(5));
      }
      gone &= !Files.exists(group);
      removeEmptyAbove(group);
    }
    return gone;
  }

  /** The group of its family and ours, where nobody else is in them. */
  private static void removeEmptyAbove(Path group) {
    Path at = group.getParent();
    for (int i = 0; i < 2 && at != null && removeEmpty(at); i++) {
      at = at.getParent();
    }
  }

  private static boolean removed(Path group) {
    below(group).forEach(Cgroup::removed);
    return removeEmpty(group);
  }

  private static boolean removeEmpty(Path group) {
    try {
      Files.deleteIfExists(group);
      return true;
    } catch (IOException busy) {
      return false;
    }
  }

  private static List<Path> below(Path group) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(group, Files::isDirectory)) {
      entries.forEach(found::add);
    } catch (IOException gone) {
      return found;
    }
    return found;
  }
}
