package dev.undercloud.runtime.process;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a later process must know of a replica to take it over or to remove it, as a file beside its
 * output. Written before the process exists.
 *
 * @param program what it runs, for people
 * @param shell whether the program is a line for the shell
 * @param memoryLimit in bytes; 0 for none
 * @param socketDirectory a directory outside of the replica's own that must be removed; else null
 */
record RunRecord(
    String id,
    String app,
    String replica,
    String program,
    boolean shell,
    @Nullable Address address,
    long memoryLimit,
    Cgroup cgroup,
    @Nullable Path socketDirectory) {

  static String program(Command command) {
    return command.shell() ? command.text() : command.words().getFirst();
  }

  /** Removes all that the replica leaves on the host, after its last process. */
  void remove(RunFiles files, Clock clock) throws IOException, InterruptedException {
    cgroup.remove(clock);
    if (socketDirectory != null) {
      Addresses.removeElsewhere(socketDirectory);
    }
    files.remove();
  }

  void write(Path file) throws IOException {
    Properties p = new Properties();
    p.setProperty("id", id);
    p.setProperty("app", app);
    p.setProperty("replica", replica);
    p.setProperty("program", program);
    p.setProperty("shell", Boolean.toString(shell));
    switch (address) {
      case null -> {}
      case Address.Unix unix -> p.setProperty("unix", unix.path().toString());
      case Address.Tcp tcp -> p.setProperty("tcp", tcp.host() + " " + tcp.port());
    }
    p.setProperty("memory", Long.toString(memoryLimit));
    List<String> groups = cgroup.groups().stream().map(Path::toString).toList();
    p.setProperty("cgroups", String.join("\n", groups));
    if (socketDirectory != null) {
      p.setProperty("sockets", socketDirectory.toString());
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (Writer out = Files.newBufferedWriter(part)) {
      p.store(out, null);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Empty where there is none, or not a whole one. */
  static Optional<RunRecord> read(Path file) {
    Properties p = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      p.load(in);
      String[] tcp = p.getProperty("tcp", "").split(" ");
      String unix = p.getProperty("unix");
      String sockets = p.getProperty("sockets");
      Address address =
          unix != null
              ? new Address.Unix(Path.of(unix))
              : tcp.length == 2 ? new Address.Tcp(tcp[0], Integer.parseInt(tcp[1])) : null;
      List<Path> groups =
          Arrays.stream(p.getProperty("cgroups", "").split("\n"))
              .filter(line -> !line.isEmpty())
              .map(Path::of)
              .toList();
      return Optional.of(
          new RunRecord(
              p.getProperty("id", ""),
              p.getProperty("app", ""),
              p.getProperty("replica", ""),
              p.getProperty("program", ""),
              Boolean.parseBoolean(p.getProperty("shell")),
              address,
              Long.parseLong(p.getProperty("memory", "0")),
              new Cgroup(groups),
              sockets == null ? null : Path.of(sockets)));
    } catch (IOException | IllegalArgumentException none) {
      return Optional.empty();
    }
  }
}
