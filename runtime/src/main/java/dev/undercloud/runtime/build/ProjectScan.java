package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Walks a project once, reading names and attributes only, and decides what becomes of each name.
 * Entries come in the order of their names, folders before what they hold. Blocking.
 */
final class ProjectScan {
  /**
   * Source beyond this is data or somebody's downloads: copied at every deploy, it fills a disk.
   *
   * @param bytes of all files together
   * @param files in number
   */
  record Limits(long bytes, int files) {
    static final Limits DEFAULT = new Limits(2L << 30, 100_000);
  }

  private static final int NAMED = 5;

  /** What looks like files there says more than a file does. */
  private static final List<Path> KERNEL =
      List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

  private final Path project;
  private final Path excluded;
  private final IgnoreRules rules;
  private final DataPlaces data;
  private final Limits limits;
  private final Access access;
  private final Output log;

  private final List<Entry> entries = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();
  private final List<String> unnameable = new ArrayList<>();
  private final Map<String, Long> sizes = new TreeMap<>();
  private long bytes;
  private int files;

  private ProjectScan(
      Path project, Path excluded, DataPlaces data, Limits limits, Access access, Output log)
      throws IOException {
    this.project = project;
    this.excluded = excluded;
    this.rules = IgnoreRules.of(project);
    this.data = data;
    this.limits = limits;
    this.access = access;
    this.log = log;
  }

  /**
   * @param excluded our own state folder, should it lie inside the project
   * @param access to what links lead to outside of the project: root copies for nobody what that
   *     one could not read
   * @throws CloudException when there is too much of it, or something may not be read
   */
  static List<Entry> scan(
      Path project, Path excluded, DataPlaces data, Limits limits, Access access, Output log)
      throws IOException {
    ProjectScan scan = new ProjectScan(project.toRealPath(), excluded, data, limits, access, log);
    scan.folder(scan.project, "");
    scan.check();
    scan.expect();
    return scan.entries;
  }

  private void folder(Path folder, String path) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> names = Files.newDirectoryStream(folder)) {
      names.forEach(children::add);
    } catch (NoSuchFileException gone) {
      return;
    } catch (IOException | DirectoryIteratorException refused) {
      unreadable.add(path.isEmpty() ? "." : path);
      return;
    }
    children.sort(null);
    for (Path child : children) {
      String name = String.valueOf(child.getFileName());
      if (!nameable(folder, name, child)) {
        unnameable.add(path.isEmpty() ? name : path + "/" + name);
        continue;
      }
      try {
        child(child, path.isEmpty() ? name : path + "/" + name);
      } catch (NoSuchFileException gone) {
        // Deleted while we looked: as if it had never been there.
      }
    }
  }

  /** Java turns names into text by the locale: in "C" it loses all that are not ASCII. */
  private static boolean nameable(Path folder, String name, Path child) {
    try {
      return folder.resolve(name).equals(child);
    } catch (InvalidPathException lost) {
      return false;
    }
  }

  private void child(Path file, String path) throws IOException {
    FileFacts facts = FileFacts.of(file, LinkOption.NOFOLLOW_LINKS);
    if (file.equals(excluded) || rules.ignores(path, facts.folder())) {
      return;
    }
    if (facts.link()) {
      link(file, path);
    } else if (facts.folder()) {
      if (Files.exists(file.resolve("pyvenv.cfg"))) {
        return;
      }
      boolean kept = data.isDataFolder(file, path);
      entries.add(entry(kept ? Entry.Kind.DATA_FOLDER : Entry.Kind.FOLDER, path));
      if (!kept) {
        folder(file, path);
      }
    } else if (facts.file()) {
      file(file, path, "", facts);
    }
  }

  /**
   * @param from where it lies outside of the project; empty where it does not
   */
  private void file(Path file, String path, String from, FileFacts facts) throws IOException {
    if (!Files.isReadable(file)) {
      unreadable.add(path);
      return;
    }
    long size = facts.stat().size();
    if (data.isCompanion(file, path)) {
      return;
    }
    if (data.isDataFile(file, path, size)) {
      entries.add(entry(Entry.Kind.DATA_FILE, path));
      return;
    }
    bytes += size;
    files++;
    sizes.merge(place(path), size, Long::sum);
    entries.add(new Entry(Entry.Kind.FILE, path, from, facts.executable(), facts.stat()));
  }

  /** The folder that a message about size names: at most two levels down. */
  private static String place(String path) {
    String[] names = path.split("/");
    return switch (names.length) {
      case 1 -> ".";
      case 2 -> names[0];
      default -> names[0] + "/" + names[1];
    };
  }

  /** A link to inside stays one; one to a file outside becomes that file; others are left out. */
  private void link(Path link, String path) throws IOException {
    Path target;
    try {
      target = link.toRealPath();
    } catch (IOException dangling) {
      log.line("left out " + path + ": a link to nowhere");
      return;
    }
    if (target.startsWith(project)) {
      Path relative = Trees.parent(link).relativize(target);
      String text = relative.toString().isEmpty() ? "." : relative.toString();
      entries.add(new Entry(Entry.Kind.LINK, path, text, false, Entry.Stat.NONE));
    } else if (KERNEL.stream().anyMatch(target::startsWith)) {
      log.line("left out " + path + ": a link to " + target + ", which is the system's");
    } else if (!Files.isRegularFile(target)) {
      String what = Files.isDirectory(target) ? "a folder" : "no file";
      log.line("left out " + path + ": a link to " + what + " outside of the project, " + target);
    } else if (!access.reaches(target)) {
      log.line(
          "left out "
              + path
              + ": a link to "
              + target
              + " outside of the project, which the user that it runs as may not read");
    } else {
      log.line("copied " + path + " from " + target + ", which lies outside of the project");
      file(target, path, target.toString(), FileFacts.of(target));
    }
  }

  private void expect() {
    data.expected()
        .forEach((path, kind) -> {
          if (entries.stream().noneMatch(entry -> entry.path().equals(path))
              && !Files.exists(project.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
            entries.add(entry(kind, path));
          }
        });
  }

  private static Entry entry(Entry.Kind kind, String path) {
    return new Entry(kind, path, "", false, Entry.Stat.NONE);
  }

  private void check() {
    if (!unreadable.isEmpty()) {
      throw CloudException.user(
          "project-unreadable",
          "the project cannot be read whole",
          "no permission for " + some(unreadable),
          "Let this user read it, or name it in " + IgnoreRules.FILE);
    }
    if (!unnameable.isEmpty()) {
      throw CloudException.user(
          "project-unreadable",
          "the project has file names that cannot be read here",
          "the locale has no characters for " + some(unnameable),
          "Start with LC_ALL=C.UTF-8, or rename them");
    }
    if (bytes > limits.bytes || files > limits.files) {
      String largest =
          sizes.entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
              .limit(NAMED)
              .map(e -> e.getKey() + " (" + new ByteSize(e.getValue()) + ")")
              .collect(Collectors.joining(", "));
      throw CloudException.user(
          "project-too-large",
          "the project is too large for a release",
          "%s in %,d files, and at most %s in %,d are taken; the largest folders are %s"
              .formatted(
                  new ByteSize(bytes), files, new ByteSize(limits.bytes), limits.files, largest),
          "Name what the running app does not need in " + IgnoreRules.FILE);
    }
  }

  private static String some(List<String> names) {
    String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
    return names.size() <= NAMED ? first : first + " and " + (names.size() - NAMED) + " more";
  }
}
