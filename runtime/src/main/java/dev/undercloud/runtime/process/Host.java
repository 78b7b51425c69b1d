package dev.undercloud.runtime.process;

import dev.undercloud.runtime.driver.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** What this host allows, each thing found out when it is first needed. Any thread. */
final class Host {
  private final Path runDirectory;
  private final String mark;
  private final Addresses addresses;
  private final Supplier<Cgroups> cgroups;
  private final Supplier<RunAs> runAs;
  private final Map<Integer, Boolean> passable = new ConcurrentHashMap<>();
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  Host(Path stateHome, Path runDirectory) {
    this(stateHome, runDirectory, Cgroups::probe);
  }

  /**
   * @param probe finds cgroups, for a mark
   */
  Host(Path stateHome, Path runDirectory, Function<String, Cgroups> probe) {
    Path home = stateHome.toAbsolutePath().normalize();
    this.runDirectory = runDirectory.toAbsolutePath().normalize();
    mark = Addresses.hash(real(home).toString()).substring(0, 8);
    addresses = new Addresses(mark);
    cgroups = once(() -> probe.apply(mark));
    runAs = once(() -> RunAs.probe(home));
  }

  /** Finds out now, on a thread of its own, what the first start will want to know. */
  void lookAhead() {
    Thread.ofVirtual().name("host-probe").start(this::capabilities);
  }

  /** One folder has one mark, by whatever links it is named. */
  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException notYet) {
      Path parent = folder.getParent();
      return parent == null ? folder : real(parent).resolve(folder.getFileName());
    }
  }

  Path runDirectory() {
    return runDirectory;
  }

  /** 8 hexadecimal digits that stand for the state folder. */
  String mark() {
    return mark;
  }

  Addresses addresses() {
    return addresses;
  }

  Cgroups cgroups() {
    return cgroups.get();
  }

  RunAs runAs() {
    return runAs.get();
  }

  RunFiles files(String id) {
    return new RunFiles(runDirectory.resolve(id));
  }

  Capabilities capabilities() {
    Cgroups groups = cgroups();
    List<String> notes = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    for (String controller : List.of("cpu", "memory", "pids")) {
      if (!groups.limits(controller)) {
        lost.add(controller);
      }
    }
    if (!lost.isEmpty()) {
      notes.add(
          "Limits of "
              + String.join(", ", lost)
              + " are not enforced: no cgroup with that controller may be made here. "
              + (ProcStat.euid() == 0
                  ? "Start it on the host itself, or as a systemd service with Delegate=yes."
                  : "Start it as root, or as `systemd-run --user --scope -p Delegate=yes …`."));
    }
    if (!runAs().drops()) {
      notes.add(
          "Replicas run as the user of Undercloud itself, because "
              + runAs().why()
              + ": they can read and change whatever it can. "
              + (ProcStat.euid() == 0
                  ? "Install util-linux."
                  : "As root each app has its own user."));
    }
    return new Capabilities(
        groups.limits("cpu"),
        groups.limits("memory"),
        groups.limits("pids"),
        runAs().drops(),
        notes);
  }

  /** Whether a user can pass through the folder of running replicas, which must exist. */
  boolean passable(int user) {
    return passable.computeIfAbsent(
        user,
        unknown -> runAs().refused(user, List.of(new RunAs.Need("-x", runDirectory))).isEmpty());
  }

  /** Whether nobody has said this yet: what holds for every start is said once. */
  boolean sayOnce(String what) {
    return said.add(what);
  }

  /** Makes the folder of running replicas; as root others may pass through it to their own. */
  void makeRunDirectory() throws IOException {
    if (!Files.isDirectory(runDirectory)) {
      RunFiles.makePrivate(runDirectory, ProcStat.euid() == 0);
    }
  }

  private static <T> Supplier<T> once(Supplier<T> make) {
    return new Supplier<>() {
      private Optional<T> made = Optional.empty();

      @Override
      public synchronized T get() {
        if (made.isEmpty()) {
          made = Optional.of(make.get());
        }
        return made.get();
      }
    };
  }
}
