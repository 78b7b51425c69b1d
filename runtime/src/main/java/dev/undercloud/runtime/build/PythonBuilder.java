package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Confinement;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes releases of Python projects, and of projects in other languages that install nothing:
 *
 * <pre>
 * &lt;state&gt;/envs/&lt;key&gt;                      virtual environment, shared by releases and apps
 * &lt;state&gt;/python/                         our own helpers, what is known of interpreters
 * &lt;app&gt;/releases/&lt;id&gt;/source              the snapshot: not written to by anybody
 * &lt;app&gt;/releases/&lt;id&gt;/manifest            what it was made of
 * &lt;app&gt;/data                              databases and uploads, the same for all releases
 * </pre>
 *
 * An unchanged project is found unchanged by its files' attributes: nothing is copied, installed or
 * run. Blocking; one build of an app at a time, builds of different apps at once.
 */
public final class PythonBuilder implements Builder {
  private static final String UNFINISHED = ".building";
  private static final int ID_LENGTH = 12;

  private final Path stateHome;
  private final Path releases;
  private final Path last;
  private final Path data;
  private final Map<String, String> host;
  private final Clock clock;
  private final Access access;
  private final ProjectScan.Limits limits;
  private final @Nullable Confinement confinement;
  private final Interpreters interpreters;
  private final Environments environments;

  /**
   * @param stateHome the state folder of all apps
   * @param appState the state folder of this app
   * @param host the environment of this process: PATH, proxies, certificates, pip's settings
   * @param access whether replicas can reach a file; {@link Access#host} in production
   * @param confinement what holds installers to a part of the machine
   */
  public PythonBuilder(
      Path stateHome,
      Path appState,
      Map<String, String> host,
      Clock clock,
      Access access,
      Confinement confinement) {
    this(stateHome, appState, host, clock, access, Tuning.in(confinement));
  }

  PythonBuilder(
      Path stateHome,
      Path appState,
      Map<String, String> host,
      Clock clock,
      Access access,
      Tuning tuning) {
    this.stateHome = stateHome.toAbsolutePath().normalize();
    this.releases = appState.toAbsolutePath().normalize().resolve("releases");
    this.last = releases.resolve("last");
    this.data = appState.toAbsolutePath().normalize().resolve("data");
    this.host = Map.copyOf(host);
    this.access = access;
    this.clock = clock;
    this.confinement = tuning.confinement();
    this.limits = tuning.limits();
    InterpreterProbe probe =
        new InterpreterProbe(this.stateHome.resolve("python/interpreters.json"), host);
    this.interpreters = new Interpreters(host, probe, access, tuning.pythons());
    PackageInstaller installer = new PackageInstaller(host, interpreters, tuning);
    this.environments = new Environments(this.stateHome.resolve("envs"), installer, clock);
  }

  @Override
  public Release build(AppSpec app, Output log) {
    try {
      Trees.openFolder(stateHome);
      Trees.openFolder(Trees.parent(releases));
      // Snapshots hold .env files: passable for replicas, listed for nobody.
      Trees.setMode(Trees.openFolder(releases), "rwx--x--x");
      Optional<Interpreter> python =
          app.build().python()
              ? Optional.of(interpreters.choose(wanted(app), log))
              : Optional.empty();
      return release(app, python, log);
    } catch (IOException failed) {
      if (Thread.currentThread().isInterrupted()) {
        throw BuildProcess.interrupted();
      }
      throw new CloudException(BuildFailure.ofDisk(failed), failed);
    }
  }

  /**
   * Removes every release but those of {@code ids}, and every environment that no release of any
   * app needs any more. Not while a build of this app runs.
   */
  @Override
  public void retain(Collection<String> ids) {
    try {
      for (Path release : finished()) {
        if (!ids.contains(String.valueOf(release.getFileName()))) {
          Trees.delete(release);
        }
      }
      environments.prune();
    } catch (IOException failed) {
      throw new CloudException(BuildFailure.ofDisk(failed), failed);
    }
  }

  private static Wanted wanted(AppSpec app) throws IOException {
    String version = app.build().pythonVersion();
    return version != null
        ? new Wanted(version, "")
        : new Wanted(null, Pyproject.read(app.directory()).pythonRange());
  }

  private Release release(AppSpec app, Optional<Interpreter> python, Output log)
      throws IOException {
    DataPlaces places = DataPlaces.of(app);
    Instant looked = clock.now();
    List<Entry> entries =
        ProjectScan.scan(
            app.directory(),
            stateHome.toRealPath(),
            places,
            limits,
            access.orOwnerOf(app.directory()),
            log);
    Path building = releases.resolve(UNFINISHED);
    Trees.delete(building);
    try {
      Path known = unchanged(entries);
      Path source = known == null ? building.resolve("source") : known.resolve("source");
      Manifest manifest = known == null ? null : Manifest.read(known.resolve("manifest"));
      if (manifest == null) {
        manifest =
            new Snapshots(data, access.orOwnerOf(app.directory()))
                .copy(entries, app.directory(), building.resolve("source"), looked);
        source = building.resolve("source");
      }
      Built built = environment(app, python, known, source, log);
      String id = id(app, manifest, built.key);
      Path target = releases.resolve(id);
      new DataDirectory(data, app.directory(), host)
          .keep(manifest.entries(), python.map(Interpreter::path), log);
      if (!Files.isDirectory(target)) {
        finish(app, building, source, target, manifest, built, log);
      } else if (known == null) {
        // The same content with other times: the next build need not read it again.
        manifest.write(target.resolve("manifest"));
      }
      Files.writeString(last, id);
      if (built.environment != null) {
        environments.use(built.key, target);
      }
      return new Release(id, target.resolve("source"), data, variables(app, target, built));
    } finally {
      Trees.delete(building);
    }
  }

  /**
   * @param memo for the next build; null where it must look again
   */
  private record Built(
      @Nullable Path environment, String key, boolean installsProject, @Nullable Memo memo) {}

  private Built environment(
      AppSpec app, Optional<Interpreter> python, @Nullable Path known, Path source, Output log)
      throws IOException {
    if (python.isEmpty()) {
      return new Built(null, "", false, null);
    }
    String inputs = Memo.inputs(python.get(), app.build());
    Optional<Memo> memo = known == null ? Optional.empty() : Memo.read(known, inputs);
    if (memo.isPresent()) {
      Optional<Path> ready = environments.ready(memo.get().key());
      if (ready.isPresent()) {
        return new Built(ready.get(), memo.get().key(), memo.get().installsProject(), memo.get());
      }
    }
    Dependencies wanted = Dependencies.read(source, app.directory(), app.build());
    String key = Environments.key(python.get(), app.build().installer().name(), wanted);
    Map<String, String> named = new HashMap<>(app.environment());
    named.keySet().retainAll(wanted.requirements().variables());
    Path environment = environments.ensure(key, python.get(), wanted, named, log);
    boolean itself = wanted.requirements().installsProject();
    Memo now = wanted.requirements().leavesProject() ? null : new Memo(inputs, key, itself);
    return new Built(environment, key, itself, now);
  }

  /** The last release if the project certainly still is what it was made of; else null. */
  private @Nullable Path unchanged(List<Entry> entries) throws IOException {
    if (!Files.isRegularFile(last)) {
      return null;
    }
    Path release = releases.resolve(Files.readString(last).strip());
    Manifest manifest = Manifest.read(release.resolve("manifest"));
    boolean same = manifest != null && manifest.same(entries);
    return same && Files.isDirectory(release.resolve("source")) ? release : null;
  }

  private void finish(
      AppSpec app,
      Path building,
      Path source,
      Path target,
      Manifest manifest,
      Built built,
      Output log)
      throws IOException {
    Path copy = building.resolve("source");
    if (!source.equals(copy)) {
      Trees.openFolder(building);
      Snapshots.again(source, copy);
      Path outside = source.resolveSibling(Snapshots.OUTSIDE);
      if (Files.isDirectory(outside)) {
        Snapshots.again(outside, building.resolve(Snapshots.OUTSIDE));
      }
    }
    manifest.write(building.resolve("manifest"));
    if (built.memo != null) {
      built.memo.write(building);
    }
    if (built.environment != null) {
      if (!built.installsProject) {
        LocalPackage.write(copy, building);
      }
      Path python = built.environment.resolve("bin/python");
      Command collect = app.build().collect();
      if (collect != null) {
        Map<String, String> environment = BuildVariables.withoutPython(host);
        environment.putAll(app.environment());
        environment.putAll(variables(app, building, built));
        new Collect(environment, confinement).run(collect, python, copy, log);
      }
      new ByteCode(host, confinement).write(python, copy, target.resolve("source"), log);
    }
    Trees.setMode(building, "rwxr-xr-x");
    Files.move(building, target);
  }

  private static String id(AppSpec app, Manifest manifest, String environmentKey) {
    Digest digest = new Digest().add(manifest.tree()).add(environmentKey);
    new TreeMap<>(app.environment()).forEach((name, value) -> digest.add(name).add(value));
    app.processes()
        .forEach((name, process) -> {
          digest.add(name).add(process.command().text()).add(process.command().words().toString());
          digest.add(process.listen().name());
          new TreeMap<>(process.environment()).forEach((key, value) -> digest.add(key).add(value));
        });
    if (app.release() != null) {
      digest.add(app.release().text());
    }
    if (app.build().collect() != null) {
      digest.add(app.build().collect().text());
    }
    return digest.hex().substring(0, ID_LENGTH);
  }

  private Map<String, String> variables(AppSpec app, Path release, Built built) throws IOException {
    Map<String, String> variables = new HashMap<>();
    String path =
        app.environment()
            .getOrDefault("PATH", host.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"));
    variables.put("PATH", path);
    variables.put("UNDERCLOUD_DATA", data.toString());
    if (built.environment != null) {
      variables.put("PATH", built.environment.resolve("bin") + ":" + path);
      variables.put("VIRTUAL_ENV", built.environment.toString());
      variables.put("PYTHONUNBUFFERED", "1");
      variables.put("PYTHONDONTWRITEBYTECODE", "1");
      variables.put(
          "UNDERCLOUD_WSGI", PythonFiles.extract(stateHome).resolve(PythonFiles.WSGI).toString());
      LocalPackage.path(release)
          .ifPresent(own -> variables.put("PYTHONPATH", String.join(":", pythonPath(app, own))));
      LocalPackage.scripts(release)
          .ifPresent(scripts -> variables.put("PATH", scripts + ":" + variables.get("PATH")));
    }
    return variables;
  }

  /** The app's own folders first, those that a process names for itself included. */
  private static Set<String> pythonPath(AppSpec app, String own) {
    Set<String> folders = new LinkedHashSet<>();
    Stream.concat(
            Stream.of(app.environment()),
            app.processes().values().stream().map(ProcessSpec::environment))
        .map(environment -> environment.getOrDefault("PYTHONPATH", ""))
        .flatMap(path -> Stream.of(path.split(":")))
        .filter(folder -> !folder.isEmpty())
        .forEach(folders::add);
    folders.addAll(List.of(own.split(":")));
    return folders;
  }

  private List<Path> finished() throws IOException {
    if (!Files.isDirectory(releases)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(releases)) {
      return all.filter(path -> Files.exists(path.resolve("manifest")))
          .filter(path -> !path.endsWith(UNFINISHED))
          .toList();
    }
  }
}
