package dev.undercloud.runtime.process;

import dev.undercloud.runtime.driver.Handle;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything on the host that carries the mark of a state folder, whether or not a journal knows of
 * it: found by run directories, by cgroups, and by the environment of processes.
 */
record Leftovers(Host host) {

  /** What there is of an app. A handle may have no process any more, or one we do not know. */
  Collection<Handle> of(String app) {
    Map<String, Handle> found = new LinkedHashMap<>();
    byDirectories(app, found);
    for (String id : host.cgroups().ids(app)) {
      found.computeIfAbsent(id, unknown -> fromProcesses(unknown));
    }
    byEnvironment(app, found);
    return found.values();
  }

  private void byDirectories(String app, Map<String, Handle> found) {
    try (DirectoryStream<Path> directories =
        Files.newDirectoryStream(host.runDirectory(), Files::isDirectory)) {
      for (Path directory : directories) {
        RunFiles files = new RunFiles(directory);
        RunRecord.read(files.record())
            .filter(record -> record.app().equals(app))
            .ifPresent(record -> found.put(record.id(), handle(record, files)));
      }
    } catch (IOException none) {
      return;
    }
  }

  private static Handle handle(RunRecord record, RunFiles files) {
    Optional<ProcStat> leader = Starting.leader(files);
    return new Handle(
        record.id(),
        leader.map(ProcStat::pid).orElse(Members.UNKNOWN),
        leader.map(ProcStat::startTicks).orElse(0L),
        record.address());
  }

  private Handle fromProcesses(String id) {
    return host.cgroups().find(id).pids().stream()
        .flatMap(pid -> ProcStat.of(pid).stream())
        .filter(stat -> stat.session() == stat.pid())
        .findFirst()
        .map(stat -> new Handle(id, stat.pid(), stat.startTicks(), null))
        .orElseGet(() -> new Handle(id, Members.UNKNOWN, 0, null));
  }

  private void byEnvironment(String app, Map<String, Handle> found) {
    for (ProcStat stat : ProcStat.all()) {
      Optional<String> state = ProcStat.environment(stat.pid(), Members.STATE);
      if (state.filter(host.mark()::equals).isPresent()
          && ProcStat.environment(stat.pid(), Members.APP).filter(app::equals).isPresent()) {
        ProcStat.environment(stat.pid(), Members.REPLICA)
            .ifPresent(id ->
                found.computeIfAbsent(
                    id, unknown -> new Handle(id, stat.pid(), stat.startTicks(), null)));
      }
    }
  }
}
