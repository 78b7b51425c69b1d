package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requirements files with everything they include, as pip's documentation "Requirements File
 * Format" describes them; what an environment's key is made of, and a copy of them to install from
 * that leaves nothing editable, so that no installer ever writes into the project.
 */
final class Requirements {
  /** Includes deeper than this are a loop that we have not understood. */
  private static final int DEEPEST = 20;

  private static final Pattern INCLUDE =
      Pattern.compile("\\s*(-r|--requirement|-c|--constraint)(?:\\s+|=|\\s*)(\\S+)\\s*");
  private static final Pattern EDITABLE = Pattern.compile("\\s*(?:-e|--editable)(?:\\s+|=)(.+)");
  private static final Pattern FIND_LINKS =
      Pattern.compile("\\s*(?:-f|--find-links)(?:\\s+|=)(\\S+)\\s*");
  private static final Pattern LOCAL =
      Pattern.compile(
          "\\s*(?:[\\w.\\[\\],-]+\\s*@\\s*)?(?:file:)?(\\.{0,2}/[^\\s;\\[]*|\\.)(?:[\\s;\\[].*)?");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)\\}");

  /** What decides which dependencies the project, installed as a package, brings. */
  private static final List<Path> METADATA =
      List.of(Path.of("pyproject.toml"), Path.of("setup.py"), Path.of("setup.cfg"));

  private final Path root;
  private final Path project;

  /** Relative path to rewritten text, in the order of the alphabet. */
  private final Map<Path, String> files = new TreeMap<>();

  private final List<Path> named = new ArrayList<>();
  private final Set<Path> locals = new TreeSet<>();

  private Requirements(Path root, Path project) {
    this.root = root;
    this.project = project;
  }

  /**
   * Reads {@code names}, relative to {@code root}, and what they include.
   *
   * @param root the snapshot
   * @param project the user's folder: where an include that leaves the project is looked for
   * @throws IOException when one of {@code names} cannot be read; a missing include is left for the
   *     installer, whose message names it
   */
  static Requirements read(Path root, Path project, List<String> names) throws IOException {
    Requirements all = new Requirements(root, project);
    for (String name : names) {
      Path path = Path.of(name).normalize();
      all.named.add(path);
      all.add(path, Text.read(root.resolve(path)), 0);
    }
    return all;
  }

  /** Requirements that we have worked out ourselves; {@code name} is what messages call them. */
  static Requirements of(Path root, Path project, String name, String text) throws IOException {
    Requirements all = new Requirements(root, project);
    if (!text.isBlank()) {
      all.named.add(Path.of(name));
      all.add(Path.of(name), text, 0);
    }
    return all;
  }

  /** The files to install from, in order; what they include is not among them. */
  List<Path> named() {
    return named;
  }

  /** Adds all that decides what gets installed. */
  void describe(Digest digest) throws IOException {
    for (Map.Entry<Path, String> file : files.entrySet()) {
      digest.add(file.getKey().toString()).add(file.getValue());
    }
    for (Path local : locals) {
      // The project's own code is no part of an environment: releases of it share one.
      List<Path> parts = isProject(local) ? METADATA : Trees.files(root.resolve(local));
      for (Path part : parts) {
        Path file = root.resolve(local).resolve(part);
        if (Files.isRegularFile(file)) {
          digest.add(local + "/" + part).add(Digest.ofFile(file));
        }
      }
    }
  }

  /** Whether the project itself is among what gets installed. */
  boolean installsProject() {
    return locals.stream().anyMatch(Requirements::isProject);
  }

  /** Whether files outside of the project are among them: a snapshot does not know of those. */
  boolean leavesProject() {
    return files.keySet().stream().anyMatch(Path::isAbsolute);
  }

  /** Whether a requirement is pinned to a hash: then pip wants one of every other, too. */
  boolean hashed() {
    return files.values().stream().anyMatch(text -> text.contains("--hash"));
  }

  /** Names of environment variables that the files mention, as pip fills them in. */
  Set<String> variables() {
    Set<String> names = new TreeSet<>();
    files
        .values()
        .forEach(text -> VARIABLE.matcher(text).results().forEach(m -> names.add(m.group(1))));
    return names;
  }

  private static boolean isProject(Path local) {
    return local.toString().isEmpty();
  }

  /** Writes the files, and copies of what they install from the project, below {@code folder}. */
  void copyTo(Path folder) throws IOException {
    for (Path local : locals) {
      Trees.copy(root.resolve(local), folder.resolve(local));
    }
    for (Map.Entry<Path, String> file : files.entrySet()) {
      if (file.getKey().isAbsolute()) {
        continue;
      }
      Path target = folder.resolve(file.getKey());
      Files.createDirectories(Trees.parent(target));
      Files.deleteIfExists(target);
      Files.writeString(target, file.getValue());
    }
  }

  private void add(Path name, String text, int depth) throws IOException {
    if (depth > DEEPEST || files.containsKey(name)) {
      return;
    }
    files.put(name, "");
    StringBuilder rewritten = new StringBuilder();
    for (String line : text.split("\r?\n", -1)) {
      rewritten.append(line(name, line, depth)).append('\n');
    }
    files.put(name, rewritten.toString());
  }

  private String line(Path file, String line, int depth) throws IOException {
    Matcher include = INCLUDE.matcher(line);
    if (include.matches() && !include.group(2).contains("://")) {
      return include(file, line, include, depth);
    }
    Matcher links = FIND_LINKS.matcher(line);
    if (links.matches()) {
      local(links.group(1));
      return line;
    }
    Matcher editable = EDITABLE.matcher(line);
    String plain = editable.matches() ? editable.group(1) : line;
    Matcher local = LOCAL.matcher(plain);
    if (local.matches()) {
      local(local.group(1));
    }
    return plain;
  }

  /** pip reads an include relative to the file that names it, a package relative to the project. */
  private String include(Path file, String line, Matcher include, int depth) throws IOException {
    Path target = file.resolveSibling(include.group(2)).normalize();
    if (target.isAbsolute() || target.startsWith("..")) {
      Path outside = project.resolve(target).normalize();
      if (Files.isRegularFile(outside)) {
        files.putIfAbsent(outside, Text.read(outside));
        return include.group(1) + " " + outside;
      }
    } else if (Files.isRegularFile(root.resolve(target))) {
      add(target, Text.read(root.resolve(target)), depth + 1);
    }
    return line;
  }

  private void local(String name) {
    Path target = Path.of(name).normalize();
    if (!target.isAbsolute() && !target.startsWith("..") && Files.exists(root.resolve(target))) {
      locals.add(target);
    }
  }
}
