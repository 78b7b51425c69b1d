package dev.undercloud.runtime.process;

import dev.undercloud.core.model.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A place in one cgroup hierarchy where we may make groups: {@code
 * <top>/undercloud/<mark>-<app>/<id>}. Any thread; processes of one state folder may work in it at
 * the same time.
 *
 * @param top an existing group that is ours to divide
 * @param unified whether the hierarchy is of version 2
 * @param controllers that limit or count here: some of cpu, cpuacct, memory, pids
 */
record CgroupTree(Path top, boolean unified, Set<String> controllers) {
  /** The name all our groups lie under. */
  static final String OURS = "undercloud";

  /** Length of a scheduling period in microseconds: the kernel's own default. */
  private static final long PERIOD = 100_000;

  /** The least quota the kernel takes. */
  private static final long LEAST_QUOTA = 1_000;

  CgroupTree {
    controllers = Set.copyOf(controllers);
  }

  Path ours() {
    return top.resolve(OURS);
  }

  Path group(String family, String id) {
    return ours().resolve(family).resolve(id);
  }

  /**
   * Makes the group of a replica, with its limits.
   *
   * @param family groups that are listed together, of one app in one state folder
   * @throws IOException where the kernel refuses
   */
  Path create(String family, String id, Limits limits) throws IOException {
    Path group = group(family, id);
    makeDirectory(group, 3);
    if (unified) {
      for (Path level : List.of(top, ours(), ours().resolve(family))) {
        enable(level);
      }
    }
    for (Setting setting : settings(limits)) {
      Path file = group.resolve(setting.file);
      if (Files.exists(file) || setting.required) {
        try {
          write(file, setting.value);
        } catch (IOException e) {
          if (setting.required) {
            throw e;
          }
        }
      }
    }
    return group;
  }

  /** Another process may remove an empty parent at any moment: then once more. */
  private static void makeDirectory(Path group, int tries) throws IOException {
    try {
      Files.createDirectories(group);
    } catch (NoSuchFileException | FileAlreadyExistsException e) {
      if (tries == 0) {
        throw e;
      }
      makeDirectory(group, tries - 1);
    }
  }

  private void enable(Path level) throws IOException {
    Path control = level.resolve("cgroup.subtree_control");
    List<String> on = List.of(Files.readString(control).strip().split(" "));
    for (String controller : controllers) {
      if (!controller.equals("cpuacct") && !on.contains(controller)) {
        write(control, "+" + controller);
      }
    }
  }

  private record Setting(String file, String value, boolean required) {}

  private List<Setting> settings(Limits limits) {
    List<Setting> settings = new ArrayList<>();
    Double cpu = limits.cpu();
    if (cpu != null && controllers.contains("cpu")) {
      long quota = Math.max(LEAST_QUOTA, Math.round(cpu * PERIOD));
      if (unified) {
        settings.add(new Setting("cpu.max", quota + " " + PERIOD, true));
      } else {
        settings.add(new Setting("cpu.cfs_period_us", "" + PERIOD, true));
        settings.add(new Setting("cpu.cfs_quota_us", "" + quota, true));
      }
    }
    if (limits.memory() != null && controllers.contains("memory")) {
      String bytes = "" + limits.memory().bytes();
      if (unified) {
        settings.add(new Setting("memory.max", bytes, true));
        settings.add(new Setting("memory.swap.max", "0", false));
      } else {
        settings.add(new Setting("memory.limit_in_bytes", bytes, true));
        settings.add(new Setting("memory.memsw.limit_in_bytes", bytes, false));
        settings.add(new Setting("memory.swappiness", "0", false));
      }
    }
    if (limits.pids() != null && controllers.contains("pids")) {
      settings.add(new Setting("pids.max", "" + limits.pids(), true));
    }
    return settings;
  }

  /** One write call, without creating: a control file takes its value whole or not at all. */
  static void write(Path file, String value) throws IOException {
    Files.write(file, value.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
  }
}
