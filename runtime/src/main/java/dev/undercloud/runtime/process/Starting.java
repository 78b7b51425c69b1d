package dev.undercloud.runtime.process;

import dev.undercloud.core.route.Address;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Output;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One start of one replica: everything that is made for it, and undone where it fails. */
final class Starting {
  /** What may be a directory's name, and nothing else. */
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,126}");

  private final Host host;
  private final ReplicaSpec spec;
  private final Consumer<String> say;
  private final RunFiles files;
  private Cgroup cgroup = Cgroup.NONE;
  private @Nullable Address address;
  private @Nullable Path socketDirectory;

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
      undo();
      throw Refusals.failed(spec, e);
    } catch (RuntimeException e) {
      undo();
      throw e;
    }
  }

  private Replica make(Clock clock, Output output) throws IOException {
    host.makeRunDirectory();
    String path = spec.environment().getOrDefault("PATH", Executables.DEFAULT_PATH);
    Optional<Integer> own = ownUser(path);
    int user = own.orElse(Sys.euid());
    Files.createDirectories(spec.dataDirectory());
    giveData(user);
    files.make(own.isPresent(), user);
    Addresses.Place place =
        host.addresses().place(spec.listen(), files, spec.id(), user, passable(own));
    address = place.address();
    socketDirectory = place.elsewhere();
    Map<String, String> environment = Launch.environment(spec, address, host.mark());
    List<String> words = Words.of(spec.command(), environment);
    Path program =
        Executables.find(words.getFirst(), path, spec.workingDirectory())
            .orElseThrow(() -> Refusals.notFound(spec, words.getFirst()));
    if (!Files.isExecutable(program) || Files.isDirectory(program)) {
      throw Refusals.notExecutable(spec, program.toString());
    }
    if (host.cgroups().usable()) {
      cgroup = host.cgroups().create(spec.app(), spec.id(), spec.limits());
    }
    RunRecord record = record();
    record.write(files.record());
    Tail tail = Tail.open(files.output(), files.offset(), clock, output);
    List<String> become = own.map(host.runAs()::words).orElseGet(this::asOurselves);
    Process process =
        Launch.start(spec, words, environment, files, cgroup, become, own.isPresent());
    Members members =
        new Members(spec.id(), host.mark(), process.pid(), startTicks(process), cgroup);
    return new Replica(record, files, members, process, tail, clock);
  }

  private RunRecord record() {
    return new RunRecord(
        spec.id(),
        spec.app(),
        spec.replica(),
        RunRecord.program(spec.command()),
        spec.command().shell(),
        address,
        spec.limits().memory() == null ? 0 : spec.limits().memory().bytes(),
        cgroup,
        socketDirectory);
  }

  /**
   * The user of its own that it will run as; empty where it has to be ourselves, because there is
   * none to be had or because that user could not reach what it needs. Says so.
   */
  private Optional<Integer> ownUser(String path) throws IOException {
    RunAs runAs = host.runAs();
    if (!runAs.drops()) {
      return Optional.empty();
    }
    int user = runAs.userOf(spec.app());
    Files.createDirectories(spec.dataDirectory());
    List<RunAs.Need> needs = new ArrayList<>();
    needs.add(new RunAs.Need("-x", spec.workingDirectory()));
    needs.add(new RunAs.Need("-r", spec.workingDirectory()));
    needs.add(new RunAs.Need("-x", parent(spec.dataDirectory())));
    Executables.find(spec.command().words().getFirst(), path, spec.workingDirectory())
        .ifPresent(program -> needs.addAll(Executables.needs(program)));
    String environment = spec.environment().get("VIRTUAL_ENV");
    if (environment != null && Files.exists(Path.of(environment, "bin", "python"))) {
      needs.add(new RunAs.Need("-x", Path.of(environment, "bin", "python")));
    }
    Optional<String> refused = runAs.refused(user, needs);
    if (refused.isEmpty()) {
      return Optional.of(user);
    }
    say.accept(
        spec.replica()
            + " runs as root: a user of its own could not reach "
            + refused.get()
            + ". Use an interpreter and a state folder (UNDERCLOUD_HOME) that every user may enter,"
            + " like /usr/bin/python3 and /var/lib/undercloud.");
    return Optional.empty();
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  /** Whether the user can pass to the replica's own files. */
  private boolean passable(Optional<Integer> own) {
    return own.isEmpty()
        || host.runAs()
            .refused(own.get(), List.of(new RunAs.Need("-x", files.directory())))
            .isEmpty();
  }

  /** Even as ourselves a replica gains no further rights by executing something. */
  private List<String> asOurselves() {
    return Tools.find("setpriv")
        .map(setpriv -> List.of(setpriv.toString(), "--no-new-privs", "--"))
        .orElse(List.of());
  }

  /**
   * Makes the data directory the user's. All in it only where the directory itself was another's:
   * after a start as somebody else, or never before.
   */
  private void giveData(int user) throws IOException {
    if (Sys.euid() != 0 || RunFiles.owner(spec.dataDirectory()) == user) {
      return;
    }
    try (Stream<Path> walk = Files.walk(spec.dataDirectory())) {
      for (Path file : (Iterable<Path>) walk::iterator) {
        if (!file.equals(spec.dataDirectory())) {
          RunFiles.own(file, user);
        }
      }
    }
    // Last, because it stands for all of them.
    RunFiles.own(spec.dataDirectory(), user);
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

  private void undo() {
    host.addresses().release(address);
    try {
      cgroup.remove(Clock.system());
      if (socketDirectory != null) {
        RunFiles.removeTree(socketDirectory);
      }
      files.remove();
    } catch (IOException e) {
      say.accept("something is left of " + spec.id() + ", which did not start: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
