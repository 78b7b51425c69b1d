package dev.undercloud.runtime.build;

import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The virtual environments of a state folder, shared by all its apps, each under the hash of what
 * it is made of. Scripts in an environment hold its path, so it is built where it stays: one
 * without its marker is the rest of a build that was ended, and is removed first. A file lock an
 * environment keeps two builds, of one process or of two, from each other. Blocking.
 */
final class Environments {
  /** Written last; its modification time is when the environment was last asked for. */
  static final String MARKER = ".undercloud-complete";

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{16}");

  /** Between an environment's completion and the release that uses it lies less than this. */
  private static final Duration FRESH = Duration.ofHours(1);

  /** Of two threads only one may ask the operating system for a lock: it knows processes only. */
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final Path folder;
  private final PackageInstaller installer;
  private final Clock clock;

  Environments(Path folder, PackageInstaller installer, Clock clock) {
    this.folder = folder;
    this.installer = installer;
    this.clock = clock;
  }

  /** The key of an environment: everything that decides what is in it. */
  static String key(Interpreter python, String installer, Dependencies wanted) throws IOException {
    Digest digest = new Digest().add(python.path().toString()).add(python.version());
    digest.add(python.platform()).add(installer);
    wanted.describe(digest);
    return digest.hex().substring(0, 16);
  }

  /** The environment {@code key} if it is there whole. */
  Optional<Path> ready(String key) throws IOException {
    Path environment = folder.resolve(key);
    return complete(environment) ? Optional.of(environment) : Optional.empty();
  }

  /** The environment {@code key}, built if it is not there. */
  Path ensure(
      String key,
      Interpreter python,
      Dependencies wanted,
      Map<String, String> variables,
      Output log)
      throws IOException {
    Path environment = folder.resolve(key);
    if (complete(environment)) {
      return environment;
    }
    Trees.openFolder(folder);
    ReentrantLock thread = THREADS.computeIfAbsent(environment, path -> new ReentrantLock());
    if (!thread.tryLock()) {
      log.line("waiting for another build of the same environment");
      lock(thread);
    }
    try (FileChannel file = lockFile(key);
        FileLock lock = lock(file, log)) {
      if (!complete(environment)) {
        build(environment, python, wanted, variables, log);
      }
      return environment;
    } finally {
      thread.unlock();
    }
  }

  private void build(
      Path environment,
      Interpreter python,
      Dependencies wanted,
      Map<String, String> variables,
      Output log)
      throws IOException {
    Trees.delete(environment);
    boolean done = false;
    try {
      installer.install(environment, python, wanted, variables, log);
      Files.writeString(environment.resolve(MARKER), python.path() + " " + python.version() + "\n");
      done = true;
    } finally {
      if (!done) {
        Trees.delete(environment);
      }
    }
  }

  private boolean complete(Path environment) throws IOException {
    Path marker = environment.resolve(MARKER);
    // The interpreter a link leads to may have been uninstalled since.
    if (!Files.exists(marker) || !Files.isExecutable(environment.resolve("bin/python"))) {
      return false;
    }
    Files.setLastModifiedTime(marker, FileTime.from(clock.now()));
    return true;
  }

  /** Notes that {@code release} runs in the environment, which keeps it from being removed. */
  void use(String key, Path release) throws IOException {
    Path users = Trees.openFolder(folder.resolve(key + ".users"));
    String name = new Digest().add(release.toString()).hex().substring(0, 16);
    Files.writeString(users.resolve(name), release.toString());
  }

  /** Removes environments that no release of any app uses any more. */
  void prune() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> environments;
    try (Stream<Path> all = Files.list(folder)) {
      environments = all.filter(path -> KEY.matcher(path.getFileName() + "").matches()).toList();
    }
    for (Path environment : environments) {
      if (!Files.exists(environment.resolve(MARKER))) {
        unlessBuilding(environment);
      } else if (!used(environment) && !fresh(environment)) {
        Trees.delete(environment);
        Trees.delete(users(environment));
      }
    }
  }

  /** Removes what a build that was killed has left; one that runs holds its lock. */
  private void unlessBuilding(Path environment) throws IOException {
    ReentrantLock thread = THREADS.computeIfAbsent(environment, path -> new ReentrantLock());
    if (!thread.tryLock()) {
      return;
    }
    try (FileChannel file = lockFile(String.valueOf(environment.getFileName()));
        FileLock lock = file.tryLock()) {
      if (lock != null && !Files.exists(environment.resolve(MARKER))) {
        Trees.delete(environment);
        Trees.delete(environment.resolveSibling(environment.getFileName() + ".work"));
      }
    } finally {
      thread.unlock();
    }
  }

  private boolean used(Path environment) throws IOException {
    Path users = users(environment);
    if (!Files.isDirectory(users)) {
      return false;
    }
    List<Path> gone = new ArrayList<>();
    boolean used = false;
    try (Stream<Path> all = Files.list(users)) {
      for (Path user : all.toList()) {
        if (Files.isDirectory(Path.of(Files.readString(user)))) {
          used = true;
        } else {
          gone.add(user);
        }
      }
    }
    for (Path user : gone) {
      Files.deleteIfExists(user);
    }
    return used;
  }

  private boolean fresh(Path environment) throws IOException {
    FileTime last = Files.getLastModifiedTime(environment.resolve(MARKER));
    return last.toInstant().isAfter(clock.now().minus(FRESH));
  }

  private static Path users(Path environment) {
    return environment.resolveSibling(environment.getFileName() + ".users");
  }

  private FileChannel lockFile(String key) throws IOException {
    return FileChannel.open(
        folder.resolve(key + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void lock(ReentrantLock thread) {
    try {
      thread.lockInterruptibly();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw BuildProcess.interrupted();
    }
  }

  private static FileLock lock(FileChannel file, Output log) throws IOException {
    try {
      FileLock lock = file.tryLock();
      if (lock == null) {
        log.line("waiting for another build of the same environment");
        lock = file.lock();
      }
      return lock;
    } catch (OverlappingFileLockException impossible) {
      throw new IllegalStateException("two threads hold one environment", impossible);
    }
  }
}
