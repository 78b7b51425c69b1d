package dev.undercloud.runtime.process;

import dev.undercloud.core.model.Limits;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The cgroup hierarchies in which this process can really make groups, limit them and put processes
 * into them: found by doing all that once, never by what is mounted. Version 2, version 1 and both
 * at once. Any thread.
 */
final class Cgroups {
  private static final AtomicLong PROBES = new AtomicLong();
  private static final Limits SMALL = new Limits(1.0, ByteSize.ofMiB(64), 64);
  private static final List<String> LIMITING = List.of("cpu", "memory", "pids");

  /** Joins each group named and says which it could; the probe is that this works. */
  private static final String JOIN =
      "exec 2>/dev/null; for f do if echo $$ >\"$f\"; then echo \"$f\"; fi; done";

  private final List<CgroupTree> trees;
  private final String mark;

  Cgroups(List<CgroupTree> trees, String mark) {
    // Version 2 first: it kills a group at once, and counts processor time without a controller.
    this.trees =
        trees.stream().sorted((a, b) -> Boolean.compare(b.unified(), a.unified())).toList();
    this.mark = mark;
  }

  /**
   * Tries what is mounted.
   *
   * @param mark of the state folder, in the name of every group
   */
  static Cgroups probe(String mark) {
    List<CgroupTree> first = new ArrayList<>();
    List<CgroupTree> second = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (CgroupMount mount : CgroupMount.all()) {
      // A hierarchy that is mounted twice is used once.
      if (mount.unified() && second.isEmpty()) {
        unified(mount, mark).ifPresent(second::add);
      } else if (!mount.unified() && taken.addAll(mount.controllers())) {
        first.add(new CgroupTree(mount.point(), false, mount.controllers()));
      }
    }
    second.addAll(working(first, mark));
    return new Cgroups(second, mark);
  }

  /** The highest group of version 2 that we may divide: the root, or what was delegated to us. */
  private static Optional<CgroupTree> unified(CgroupMount mount, String mark) {
    Optional<CgroupTree> best = Optional.empty();
    for (Path top : candidates(mount)) {
      Set<String> controllers = available(top);
      Optional<CgroupTree> found = works(new CgroupTree(top, true, controllers), mark);
      if (found.isEmpty() && !controllers.isEmpty()) {
        found = works(new CgroupTree(top, true, Set.of()), mark);
      }
      if (found.isPresent()
          && (best.isEmpty()
              || found.get().controllers().size() > best.get().controllers().size())) {
        best = found;
      }
      if (best.isPresent() && best.get().controllers().size() == LIMITING.size()) {
        break;
      }
    }
    return best;
  }

  private static List<Path> candidates(CgroupMount mount) {
    List<Path> candidates = new ArrayList<>();
    try {
      String own = CgroupMount.ownPath(Files.readString(Path.of("/proc/self/cgroup")));
      Path at = mount.point();
      candidates.add(at);
      for (Path name : Path.of(own)) {
        at = at.resolve(name);
        candidates.add(at);
      }
    } catch (IOException unreadable) {
      return List.of();
    }
    return candidates.stream().filter(Files::isDirectory).filter(Files::isWritable).toList();
  }

  private static Set<String> available(Path top) {
    try {
      Set<String> found =
          new HashSet<>(
              List.of(Files.readString(top.resolve("cgroup.controllers")).strip().split(" ")));
      found.retainAll(LIMITING);
      return found;
    } catch (IOException none) {
      return Set.of();
    }
  }

  private static Optional<CgroupTree> works(CgroupTree tree, String mark) {
    return working(List.of(tree), mark).stream().findFirst();
  }

  /** Those in which a group can be made, limited and joined; one process tries to join them all. */
  private static List<CgroupTree> working(List<CgroupTree> trees, String mark) {
    // No app can be called so.
    String family = mark + "~probe";
    // Two probes at once must not remove each other's group: both would find nothing to work.
    String id = "probe-" + ProcessHandle.current().pid() + "-" + PROBES.incrementAndGet();
    Map<String, CgroupTree> made = new LinkedHashMap<>();
    List<Path> groups = new ArrayList<>();
    for (CgroupTree tree : trees) {
      if (Files.isWritable(tree.top())) {
        groups.add(tree.group(family, id));
        try {
          Path group = tree.create(family, id, SMALL);
          made.put(group.resolve(Cgroup.PROCESSES).toString(), tree);
        } catch (IOException refused) {
          continue;
        }
      }
    }
    try {
      if (made.isEmpty()) {
        return List.of();
      }
      List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", JOIN, "join"));
      command.addAll(made.keySet());
      List<String> joined = Tools.output(command).orElse("").lines().toList();
      made.keySet().retainAll(joined);
      return List.copyOf(made.values());
    } finally {
      removeNow(new Cgroup(groups));
    }
  }

  private static void removeNow(Cgroup group) {
    try {
      group.remove(Clock.system());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  List<CgroupTree> trees() {
    return trees;
  }

  /** Whether a limit of {@code cpu}, {@code memory} or {@code pids} holds. */
  boolean limits(String controller) {
    return trees.stream().anyMatch(tree -> tree.controllers().contains(controller));
  }

  /** What is there, for people: {@code version 2 (cpu memory pids) at /sys/fs/cgroup}. */
  String describe() {
    List<String> parts = new ArrayList<>();
    for (CgroupTree tree : trees) {
      String controllers =
          tree.controllers().isEmpty()
              ? "no controllers"
              : String.join(" ", new TreeSet<>(tree.controllers()));
      parts.add("v" + (tree.unified() ? 2 : 1) + " " + tree.top() + " (" + controllers + ")");
    }
    return String.join(", ", parts);
  }

  /** Makes the groups of a replica; where that fails some of them may be there. */
  void create(String app, String id, Limits limits) throws IOException {
    for (CgroupTree tree : trees) {
      tree.create(family(app), id, limits);
    }
  }

  /** The groups of a replica, whether or not they exist. */
  Cgroup of(String app, String id) {
    return new Cgroup(trees.stream().map(tree -> tree.group(family(app), id)).toList());
  }

  /** The groups that exist of a replica, of whatever app in this state folder. */
  Cgroup find(String id) {
    List<Path> found = new ArrayList<>();
    for (CgroupTree tree : trees) {
      try (DirectoryStream<Path> families = Files.newDirectoryStream(tree.ours(), mark + "-*")) {
        for (Path family : families) {
          if (Files.isDirectory(family.resolve(id))) {
            found.add(family.resolve(id));
          }
        }
      } catch (IOException none) {
        continue;
      }
    }
    return new Cgroup(found);
  }

  /** The ids of an app's groups that exist in any hierarchy. */
  Set<String> ids(String app) {
    Set<String> ids = new HashSet<>();
    for (CgroupTree tree : trees) {
      Path family = tree.ours().resolve(family(app));
      try (DirectoryStream<Path> groups = Files.newDirectoryStream(family, Files::isDirectory)) {
        groups.forEach(group -> ids.add(group.getFileName().toString()));
      } catch (IOException none) {
        continue;
      }
    }
    return ids;
  }

  private String family(String app) {
    return mark + "-" + app;
  }
}
