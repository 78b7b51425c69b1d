package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * What of a {@code pyproject.toml} a build needs: dependencies and the package's own name, version
 * and scripts (PEP 621). Immutable.
 */
final class Pyproject {
  private final TomlTable toml;
  private final boolean present;

  private Pyproject(TomlTable toml, boolean present) {
    this.toml = toml;
    this.present = present;
  }

  /** The one in {@code root}; an empty one where there is none. */
  static Pyproject read(Path root) throws IOException {
    Path file = root.resolve("pyproject.toml");
    if (!Files.isRegularFile(file)) {
      return new Pyproject(Toml.parse(""), false);
    }
    return new Pyproject(toml("pyproject.toml", Text.read(file)), true);
  }

  /** Parses {@code text}, or says where it is no TOML. */
  static TomlTable toml(String name, String text) {
    TomlParseResult result = Toml.parse(text);
    if (result.hasErrors()) {
      throw CloudException.user(
          "build-failed",
          name + " cannot be read",
          result.errors().getFirst().toString(),
          "Correct it, or write it anew with the tool that made it");
    }
    return result;
  }

  TomlTable table(String dotted) {
    return Objects.requireNonNullElseGet(toml.getTable(dotted), () -> Toml.parse(""));
  }

  /** The dependencies; a project that states them in code only is installed to find them out. */
  Requirements requirements(Path root, Path project) throws IOException {
    TomlArray stated = toml.getArray("project.dependencies");
    if (stated != null) {
      return Requirements.of(
          root,
          project,
          "pyproject-dependencies.txt",
          indexes() + String.join("\n", strings(stated)));
    }
    TomlArray dynamic = toml.getArray("project.dynamic");
    if (dynamic != null && strings(dynamic).contains("dependencies")) {
      List<String> files = dependencyFiles();
      return files.isEmpty() ? itself(root, project) : Requirements.read(root, project, files);
    }
    boolean legacy = toml.contains("tool.poetry.dependencies") || !toml.contains("project");
    boolean buildable = toml.contains("build-system") || Files.exists(root.resolve("setup.py"));
    if (legacy && buildable) {
      return itself(root, project);
    }
    return Requirements.of(root, project, "pyproject-dependencies.txt", "");
  }

  /** Package indexes that it names beside the usual one, as lines of a requirements file. */
  String indexes() {
    StringBuilder lines = new StringBuilder();
    for (String place : List.of("tool.uv.index", "tool.poetry.source")) {
      for (TomlTable index : UvLock.tables(toml.getArray(place))) {
        String url = UvLock.string(index, "url", "");
        boolean only = Boolean.TRUE.equals(index.get("default"));
        if (!url.isEmpty()) {
          lines.append(only ? "--index-url " : "--extra-index-url ").append(url).append('\n');
        }
      }
    }
    return lines.toString();
  }

  /** The Pythons it runs on, as PEP 440 or Poetry write it; empty for any. */
  String pythonRange() {
    String range = string("project.requires-python");
    String poetry = string("tool.poetry.dependencies.python");
    return range != null ? range : Objects.requireNonNullElse(poetry, "");
  }

  /** Name of the package that this project is, where it says that it is one. */
  Optional<String> packageName() {
    String poetry = string("tool.poetry.name");
    return Optional.ofNullable(string("project.name")).or(() -> Optional.ofNullable(poetry));
  }

  /** The stated version; {@code 0} where it is worked out by a build backend. */
  String version() {
    String version = string("project.version");
    return Objects.requireNonNullElse(
        version != null ? version : string("tool.poetry.version"), "0");
  }

  /** Console scripts: name to {@code module:function}. */
  Map<String, String> scripts() {
    Map<String, String> scripts = new TreeMap<>();
    for (String place : List.of("tool.poetry.scripts", "project.scripts")) {
      scripts.putAll(texts(table(place)));
    }
    return scripts;
  }

  /** Entry points by group, console scripts among them. */
  Map<String, Map<String, String>> entryPoints() {
    Map<String, Map<String, String>> groups = new TreeMap<>();
    if (!scripts().isEmpty()) {
      groups.put("console_scripts", scripts());
    }
    for (String place : List.of("tool.poetry.plugins", "project.entry-points")) {
      TomlTable table = table(place);
      for (String group : table.keySet()) {
        if (table.get(List.of(group)) instanceof TomlTable entries) {
          groups.put(group, texts(entries));
        }
      }
    }
    return groups;
  }

  private static Map<String, String> texts(TomlTable table) {
    Map<String, String> texts = new TreeMap<>();
    for (String name : table.keySet()) {
      if (table.get(List.of(name)) instanceof String text) {
        texts.put(name, text);
      }
    }
    return texts;
  }

  /** Whether the project is a package that would be installed, not a folder of scripts. */
  boolean isPackage() {
    return present && toml.contains("build-system") && packageName().isPresent();
  }

  private List<String> dependencyFiles() {
    Object file = toml.get("tool.setuptools.dynamic.dependencies.file");
    if (file instanceof TomlArray files) {
      return strings(files);
    }
    return file instanceof String one ? List.of(one) : List.of();
  }

  private static Requirements itself(Path root, Path project) throws IOException {
    return Requirements.of(root, project, "pyproject-dependencies.txt", ".");
  }

  private @Nullable String string(String dotted) {
    return toml.get(dotted) instanceof String text ? text : null;
  }

  static List<String> strings(TomlArray array) {
    return array.toList().stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .toList();
  }
}
