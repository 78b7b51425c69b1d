package dev.undercloud.runtime.host;

import dev.undercloud.core.route.Address;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Capabilities;
import dev.undercloud.runtime.process.ProcessDriver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks at everything on this host that decides how well apps run on it. Blocking; takes a second
 * or two, most of it for interpreters to start. Leaves nothing behind.
 *
 * @param driver whose capabilities are told
 * @param stateHome the state folder, which need not exist yet
 * @param runDirectory where running replicas have their files
 * @param environment of this process, for its PATH
 */
public record HostProbes(
    ProcessDriver driver, Path stateHome, Path runDirectory, Map<String, String> environment) {
  /** Two a connection, and a few thousand connections: below that a busy site feels it. */
  private static final long ENOUGH_FILES = 16_384;

  /** An environment with a web framework, a few releases and a day of telemetry. */
  private static final ByteSize ENOUGH_DISK = ByteSize.ofMiB(2048);

  /** Undercloud itself and two replicas of a small app. */
  private static final ByteSize ENOUGH_MEMORY = ByteSize.ofMiB(768);

  /** The longest name of a replica's directory and its socket, after the run directory. */
  private static final int SOCKET_NAME = 48;

  /** Every probe, the most telling first. */
  public List<Probe> run() {
    List<Probe> probes = new ArrayList<>();
    probes.add(stateFolder());
    probes.add(tools());
    probes.addAll(new PythonProbes(driver.runAs(), environment).run());
    probes.add(users());
    probes.add(cgroups());
    probes.add(openFiles());
    probes.add(sockets());
    probes.add(disk());
    probes.add(memory());
    return probes;
  }

  private Probe stateFolder() {
    Path there = existing(stateHome);
    try {
      Files.delete(Files.createTempFile(there, ".probe", null));
      return Probe.ok("state folder", stateHome + " is writable");
    } catch (IOException e) {
      return Probe.missing(
          "state folder",
          stateHome + " cannot be written: " + e.getMessage(),
          "Nothing can be built or run.",
          "Set UNDERCLOUD_HOME to a folder that you may write to.");
    }
  }

  private static Probe tools() {
    List<String> absent =
        Stream.of("sh", "setsid", "setpriv").filter(tool -> !installed(tool)).toList();
    return absent.isEmpty()
        ? Probe.ok("tools", "sh, setsid and setpriv are there")
        : Probe.missing(
            "tools",
            "missing: " + String.join(", ", absent),
            "Replicas cannot be started as processes.",
            "Install util-linux.");
  }

  private static boolean installed(String tool) {
    return Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }

  private Probe users() {
    return driver.runAs().drops()
        ? Probe.ok("users", "root: each app gets a user of its own")
        : Probe.fallback(
            "users",
            "replicas run as the user of Undercloud",
            "They can read and change whatever it can.",
            "Start Undercloud as root, with setpriv of util-linux installed.");
  }

  private Probe cgroups() {
    Capabilities can = driver.capabilities();
    String found = driver.describeCgroups();
    List<String> lost = new ArrayList<>();
    if (!can.limitsCpu()) {
      lost.add("cpu");
    }
    if (!can.limitsMemory()) {
      lost.add("memory");
    }
    if (!can.limitsPids()) {
      lost.add("pids");
    }
    return lost.isEmpty()
        ? Probe.ok("cgroups", found)
        : Probe.fallback(
            "cgroups",
            found.isEmpty() ? "none that we may use" : found,
            "Limits of " + String.join(", ", lost) + " are not enforced.",
            "Start it as root, or as `systemd-run --user --scope -p Delegate=yes ./undercloud up`.");
  }

  private Probe openFiles() {
    long most = ProcessDriver.openFilesLimit();
    String found = most + " at most";
    return most >= ENOUGH_FILES
        ? Probe.ok("open files", found)
        : Probe.fallback(
            "open files",
            found,
            "About " + most / 2 + " requests at a time, two descriptors each.",
            "Raise the hard limit: `ulimit -Hn 65536`, or LimitNOFILE=65536 under systemd.");
  }

  private Probe sockets() {
    int length = runDirectory.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8).length;
    int room = Address.LONGEST_UNIX_PATH - SOCKET_NAME;
    return length <= room
        ? Probe.ok("socket paths", length + " of " + room + " bytes for " + runDirectory)
        : Probe.fallback(
            "socket paths",
            runDirectory + " is " + length + " bytes long",
            "The kernel takes 107 at most: sockets of replicas lie in a folder of /run or /tmp.",
            "Set UNDERCLOUD_HOME to a shorter path.");
  }

  private Probe disk() {
    Path there = existing(stateHome);
    try {
      ByteSize free = new ByteSize(Files.getFileStore(there).getUsableSpace());
      String found = free + " free for " + stateHome;
      return free.compareTo(ENOUGH_DISK) >= 0
          ? Probe.ok("disk", found)
          : Probe.fallback(
              "disk",
              found,
              "Builds and telemetry may run out of space.",
              "Make room, or set UNDERCLOUD_HOME to a larger disk.");
    } catch (IOException e) {
      return Probe.ok("disk", "free space is not known: " + e.getMessage());
    }
  }

  private static Probe memory() {
    Optional<ByteSize> available = available();
    if (available.isEmpty()) {
      return Probe.ok("memory", "free memory is not known");
    }
    String found = available.get() + " available";
    return available.get().compareTo(ENOUGH_MEMORY) >= 0
        ? Probe.ok("memory", found)
        : Probe.fallback(
            "memory",
            found,
            "Two replicas and Undercloud may not fit.",
            "End other programs, or run one replica: `undercloud scale web=1`.");
  }

  private static Optional<ByteSize> available() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemAvailable:"))
          .map(line -> new ByteSize(Long.parseLong(line.replaceAll("\\D", "")) << 10))
          .findFirst();
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private static Path existing(Path path) {
    Path at = path.toAbsolutePath();
    while (!Files.isDirectory(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}
