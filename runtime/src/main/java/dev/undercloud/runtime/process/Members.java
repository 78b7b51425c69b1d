package dev.undercloud.runtime.process;

import dev.undercloud.runtime.driver.Usage;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which processes belong to a replica: those in its cgroup, in its leader's session, and where
 * there is no cgroup, those that carry its mark in their environment, wherever they fled to.
 *
 * @param id the replica's
 * @param mark the state folder's
 * @param pid the leader's
 * @param startTicks the leader's
 */
record Members(String id, String mark, long pid, long startTicks, Cgroup cgroup) {
  /** The leader's pid where it is not known: a start that was cut off, or files that are lost. */
  static final long UNKNOWN = 0;

  /** Variables by which a process is known to be ours. */
  static final String REPLICA = "UNDERCLOUD_REPLICA";

  static final String STATE = "UNDERCLOUD_STATE";
  static final String APP = "UNDERCLOUD_APP";

  boolean leaderAlive() {
    return ProcStat.alive(pid, startTicks);
  }

  /** All that live now. */
  Set<Long> alive() {
    Set<Long> found = new LinkedHashSet<>();
    if (leaderAlive()) {
      found.add(pid);
    }
    for (long member : cgroup.pids()) {
      ProcStat.of(member).filter(ProcStat::alive).ifPresent(stat -> found.add(member));
    }
    if (!cgroup.exists() || pid == UNKNOWN) {
      boolean ours = !sessionReused();
      for (ProcStat stat : ProcStat.all()) {
        if (stat.alive() && (ours && stat.session() == pid || marked(stat.pid()))) {
          found.add(stat.pid());
        }
      }
    }
    return found;
  }

  /** Those of the session that live now: what can be known cheaply. */
  private List<ProcStat> session() {
    return sessionReused()
        ? List.of()
        : ProcStat.all().stream().filter(stat -> stat.alive() && stat.session() == pid).toList();
  }

  /**
   * A number is not given to another process while a session has it. So where a process of our
   * leader's number started at another time, nothing of our session is left.
   */
  private boolean sessionReused() {
    return startTicks == 0
        || ProcStat.of(pid).filter(stat -> stat.startTicks() != startTicks).isPresent();
  }

  private boolean marked(long member) {
    return ProcStat.environment(member, REPLICA).filter(id::equals).isPresent()
        && ProcStat.environment(member, STATE).filter(mark::equals).isPresent();
  }

  /** Asks all to end: the leader's group at once, and one by one those outside of it. */
  void terminate() {
    boolean group = leaderAlive();
    Set<Long> members = alive();
    if (group && Sys.kill(-pid, Sys.SIGTERM) != 0) {
      // Before it has made its own group there is only itself.
      Sys.kill(pid, Sys.SIGTERM);
    }
    for (long member : members) {
      boolean told =
          group && ProcStat.of(member).filter(stat -> stat.group() == pid).isPresent()
              || member == pid;
      if (!told) {
        Sys.kill(member, Sys.SIGTERM);
      }
    }
  }

  /** SIGKILL to all that live now; whether there was any. */
  boolean kill() {
    Set<Long> members = alive();
    if (members.isEmpty()) {
      return false;
    }
    if (leaderAlive()) {
      Sys.kill(-pid, Sys.SIGKILL);
    }
    cgroup.kill();
    for (long member : members) {
      Sys.kill(member, Sys.SIGKILL);
    }
    return true;
  }

  /** What those of the session use, from {@code /proc}; who has ended unnoticed is not in it. */
  Usage usage() {
    List<ProcStat> session = session();
    long ticks = session.stream().mapToLong(ProcStat::cpuTicks).sum();
    long pages = session.stream().mapToLong(ProcStat::residentPages).sum();
    long nanos = ticks * (1_000_000_000L / ProcStat.TICKS_A_SECOND);
    return new Usage(nanos, pages * Sys.pageSize(), session.size());
  }

  static long residentBytes(Collection<Long> pids) {
    long pages = 0;
    for (long pid : List.copyOf(pids)) {
      pages += ProcStat.of(pid).map(ProcStat::residentPages).orElse(0L);
    }
    return pages * Sys.pageSize();
  }
}
