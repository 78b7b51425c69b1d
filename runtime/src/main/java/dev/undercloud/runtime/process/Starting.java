package dev.undercloud.runtime.process;

import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Output;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One start of one replica: everything that is made for it, and undone where it fails. */
final class Starting {
  /** What may be a directory's name, and nothing else. */
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,126}");

  private final Host host;
  private final ReplicaSpec spec;
  private final Consumer<String> say;
  private final RunFiles files;
  private final String path;
  private @Nullable RunRecord record;
  private @Nullable Tail tail;

  Starting(Host host, ReplicaSpec spec, Consumer<String> say) {
    for (String name : List.of(spec.id(), spec.app())) {
      if (!SAFE.matcher(name).matches()) {
        throw new IllegalArgumentException("not a name for a directory: " + name);
      }
    }
    this.host = host;
    this.spec = spec;
    this.say = say;
    files = host.files(spec.id());
    path = spec.environment().getOrDefault("PATH", Executables.DEFAULT_PATH);
  }

  /** The replica; its process exists, and may have ended already. */
  Replica start(Clock clock, Output output) {
    List<String> odd = Launch.impossibleNames(spec);
    if (!odd.isEmpty()) {
      say.accept("left out of the environment, not names that a program can have: " + odd);
    }
    try {
      return make(clock, output);
    } catch (IOException e) {
      undo(clock);
      throw Refusals.failed(spec, e);
    } catch (UncheckedIOException e) {
      undo(clock);
      throw Refusals.failed(spec, new IOException(e.getMessage(), e));
    } catch (RuntimeException e) {
      undo(clock);
      throw e;
    }
  }

  private Replica make(Clock clock, Output output) throws IOException {
    host.makeRunDirectory();
    Files.createDirectories(spec.dataDirectory());
    Optional<Integer> own = ownUser();
    int user = own.orElse(ProcStat.euid());
    boolean passable = own.map(host::passable).orElse(true);
    Addresses.Place place = host.addresses().place(spec.listen(), files, spec.id(), passable);
    Cgroup cgroup = host.cgroups().of(spec.app(), spec.id());
    RunRecord written = record(place, cgroup);
    record = written;
    Map<String, String> environment = Launch.environment(spec, place.address(), host.mark());
    List<String> words = Words.of(spec.command(), environment);
    check(words.getFirst());

    // The record is there before anything else is: whatever a crash leaves can be found by it.
    files.make(own.isPresent());
    written.write(files.record());
    files.makeOutput(user);
    host.addresses().make(place, user);
    if (ProcStat.euid() == 0) {
      RunFiles.ownTree(spec.dataDirectory(), user);
    }
    host.cgroups().create(spec.app(), spec.id(), spec.limits());
    Tail opened = Tail.open(files.output(), files.offset(), clock, output);
    tail = opened;
    List<String> become = own.map(host.runAs()::words).orElseGet(Starting::asOurselves);
    Process process =
        Launch.start(spec, words, environment, files, cgroup, become, own.isPresent());
    Members members =
        new Members(spec.id(), host.mark(), process.pid(), startTicks(process), cgroup);
    return new Replica(written, files, members, process, opened, clock);
  }

  private RunRecord record(Addresses.Place place, Cgroup cgroup) {
    return new RunRecord(
        spec.id(),
        spec.app(),
        spec.replica(),
        RunRecord.program(spec.command()),
        spec.command().shell(),
        place.address(),
        spec.limits().memory() == null ? 0 : spec.limits().memory().bytes(),
        cgroup,
        place.elsewhere() ? place.directory() : null);
  }

  private void check(String word) {
    Path program =
        Executables.find(word, path, spec.workingDirectory())
            .orElseThrow(() -> Refusals.notFound(spec, word));
    if (!Files.isExecutable(program) || Files.isDirectory(program)) {
      throw Refusals.notExecutable(spec, program.toString());
    }
  }

  /**
   * The user of its own that it will run as; empty where it has to be ourselves, because there is
   * none to be had or because that user could not reach what it needs. Says so.
   */
  private Optional<Integer> ownUser() {
    RunAs runAs = host.runAs();
    if (!runAs.drops()) {
      return Optional.empty();
    }
    int user = runAs.userOf(spec.app());
    Optional<String> refused = runAs.refused(user, needs());
    if (refused.isEmpty()) {
      return Optional.of(user);
    }
    if (host.sayOnce(spec.app() + " " + refused.get())) {
      say.accept(
          spec.app()
              + " runs as root: a user of its own could not reach "
              + refused.get()
              + ". Use an interpreter and a state folder (UNDERCLOUD_HOME) that every user may"
              + " enter, like /usr/bin/python3 and /var/lib/undercloud.");
    }
    return Optional.empty();
  }

  private List<RunAs.Need> needs() {
    List<RunAs.Need> needs = new ArrayList<>();
    needs.add(new RunAs.Need("-x", spec.workingDirectory()));
    needs.add(new RunAs.Need("-r", spec.workingDirectory()));
    Path above = spec.dataDirectory().toAbsolutePath().getParent();
    if (above != null) {
      needs.add(new RunAs.Need("-x", above));
    }
    Executables.find(spec.command().words().getFirst(), path, spec.workingDirectory())
        .ifPresent(program -> needs.addAll(Executables.needs(program, path)));
    String environment = spec.environment().get("VIRTUAL_ENV");
    if (environment != null && Files.exists(Path.of(environment, "bin", "python"))) {
      // A line for the shell hides what it runs; in all likelihood that is this.
      needs.add(new RunAs.Need("-x", Path.of(environment, "bin", "python")));
    }
    return needs;
  }

  /** Even as ourselves a replica gains no further rights by executing something. */
  private static List<String> asOurselves() {
    return Tools.find("setpriv")
        .map(setpriv -> List.of(setpriv.toString(), "--no-new-privs", "--"))
        .orElse(List.of());
  }

  /** The leader's start time, from the kernel or, where it has ended already, as it wrote it. */
  private long startTicks(Process process) {
    return ProcStat.of(process.pid()).or(() -> leader(files)).map(ProcStat::startTicks).orElse(0L);
  }

  /** What the leader wrote of itself. */
  static Optional<ProcStat> leader(RunFiles files) {
    try {
      return ProcStat.parse(Files.readString(files.leader(), StandardCharsets.ISO_8859_1));
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private void undo(Clock clock) {
    if (record == null) {
      return;
    }
    host.addresses().release(record.address());
    if (tail != null) {
      tail.leave();
    }
    try {
      record.remove(files, clock);
    } catch (IOException e) {
      say.accept("something is left of " + spec.id() + ", which did not start: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
