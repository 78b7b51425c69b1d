package dev.undercloud.runtime.process;

import dev.undercloud.core.model.Limits;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Confinement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Cgroups for builds: half of the processors and half of the memory at most, so that what serves
 * keeps the other half. What a build leaves behind ends with its group; the group of a builder that
 * was killed goes when the next one comes. Any thread.
 */
final class BuildGroups implements Confinement {
  /** No app can be called so. */
  private static final String FAMILY = "~build";

  /** Compilers and installers start many, but no fork bomb. */
  private static final int MOST_PROCESSES = 1024;

  /** Joins the groups named, then becomes what is behind the dashes. */
  private static final String ENTER =
      """
      while [ "$1" != -- ]; do
        echo $$ >"$1" || exit 125
        shift
      done
      shift
      exec "$@"
      """;

  private static final AtomicLong COUNT = new AtomicLong();

  private final Host host;
  private final Clock clock;
  private final Limits limits;

  BuildGroups(Host host, Clock clock, int processors, long memoryBytes) {
    this.host = host;
    this.clock = clock;
    limits =
        new Limits(Math.max(1.0, processors / 2.0), new ByteSize(memoryBytes / 2), MOST_PROCESSES);
  }

  @Override
  public Held enter() {
    Cgroups cgroups = host.cgroups();
    forget(cgroups);
    String id = ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    Cgroup group = cgroups.of(FAMILY, id);
    try {
      cgroups.create(FAMILY, id, limits);
    } catch (IOException refused) {
      remove(group);
      return NONE.enter();
    }
    if (group.groups().isEmpty()) {
      return NONE.enter();
    }
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, "enter"));
    group.joins().forEach(file -> words.add(file.toString()));
    words.add("--");
    return new Held(words, () -> remove(group));
  }

  /** Groups of builders that are no more. */
  private void forget(Cgroups cgroups) {
    for (String id : cgroups.ids(FAMILY)) {
      String pid = id.split("-", 2)[0];
      if (pid.matches("\\d{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
        remove(cgroups.of(FAMILY, id));
      }
    }
  }

  private void remove(Cgroup group) {
    boolean interrupted = Thread.interrupted();
    try {
      group.kill();
      group.remove(clock);
    } catch (InterruptedException again) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
