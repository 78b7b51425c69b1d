package dev.undercloud.core.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.undercloud.core.config.PythonScan.Place;
import dev.undercloud.core.model.BuildSpec.Installer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * Finds the file that decides what is installed. A lock file says most, then requirements.txt, then
 * what the project's own metadata asks for.
 */
final class DependencyReader {
  private static final String PYPROJECT = "pyproject.toml";
  private static final List<String> REQUIREMENTS =
      List.of(
          "requirements.txt",
          "requirements/production.txt",
          "requirements/prod.txt",
          "requirements/base.txt");
  private static final Pattern LOCKED = Pattern.compile("name\\s*=\\s*\"([^\"]+)\"\\s*");
  private static final List<String> PROJECT_DEPENDENCIES = List.of("project", "dependencies");
  private static final List<String> POETRY_DEPENDENCIES = List.of("tool", "poetry", "dependencies");

  private final ProjectFiles files;
  private final Optional<TomlFile> pyproject;
  private final Errors errors;
  private final Map<String, Place> names = new LinkedHashMap<>();

  DependencyReader(ProjectFiles files, Optional<TomlFile> pyproject, Errors errors) {
    this.files = files;
    this.pyproject = pyproject;
    this.errors = errors;
  }

  Dependencies read() {
    if (pyproject.isPresent() && files.exists("uv.lock")) {
      declared();
      locked("uv.lock");
      return found(Installer.UV_LOCK, List.of("uv.lock", PYPROJECT), true);
    }
    if (pyproject.isPresent() && files.exists("poetry.lock")) {
      declared();
      locked("poetry.lock");
      return found(Installer.POETRY_LOCK, List.of("poetry.lock", PYPROJECT), true);
    }
    if (files.exists("Pipfile.lock")) {
      pipfileLock();
      List<String> all =
          files.exists("Pipfile") ? List.of("Pipfile.lock", "Pipfile") : List.of("Pipfile.lock");
      return found(Installer.PIPFILE_LOCK, all, true);
    }
    for (String name : REQUIREMENTS) {
      if (files.exists(name)) {
        RequirementsFile requirements = new RequirementsFile(files, errors);
        requirements.read(name);
        names.putAll(requirements.names());
        boolean itself = requirements.files().contains(PYPROJECT);
        if (itself) {
          declared();
        }
        return found(Installer.REQUIREMENTS, requirements.files(), true);
      }
    }
    return metadata();
  }

  private Dependencies metadata() {
    if (files.exists("Pipfile")) {
      return new Dependencies(Installer.NONE, List.of("Pipfile"), pipfile(), names, true);
    }
    boolean project = declared();
    List<String> setup = List.of("setup.py", "setup.cfg").stream().filter(files::exists).toList();
    if (!project && setup.isEmpty()) {
      return Dependencies.none();
    }
    List<String> all = new ArrayList<>(project ? List.of(PYPROJECT) : List.of());
    all.addAll(setup);
    return found(Installer.PYPROJECT, all, setup.isEmpty() && !dynamic());
  }

  private Dependencies found(Installer installer, List<String> files, boolean complete) {
    return new Dependencies(installer, files, List.of(), names, complete);
  }

  /** What pyproject.toml asks for; whether it describes a project at all, not only tools. */
  private boolean declared() {
    if (pyproject.isEmpty()) {
      return false;
    }
    TomlFile file = pyproject.get();
    if (file.get(PROJECT_DEPENDENCIES) instanceof TomlArray list) {
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) instanceof String requirement) {
          Place place = new Place(file.name(), list.inputPositionOf(i).line());
          RequirementsFile.name(requirement, place, names);
        }
      }
    }
    TomlTable poetry = file.table(POETRY_DEPENDENCIES);
    if (poetry != null) {
      for (String name : poetry.keySet()) {
        List<String> path = new ArrayList<>(POETRY_DEPENDENCIES);
        path.add(name);
        RequirementsFile.name(name, new Place(file.name(), file.line(path)), names);
      }
    }
    return file.table(List.of("project")) != null || poetry != null;
  }

  /** Whether the build backend finds the dependencies out, where nobody can read them. */
  private boolean dynamic() {
    return pyproject.isPresent()
        && pyproject.get().get(List.of("project", "dynamic")) instanceof TomlArray dynamic
        && dynamic.toList().contains("dependencies");
  }

  /** uv.lock and poetry.lock: only names are needed, so a parser is not worth its time. */
  private void locked(String file) {
    String[] lines = files.text(file).orElse("").split("\\R", -1);
    for (int i = 1; i < lines.length; i++) {
      Matcher name = LOCKED.matcher(lines[i]);
      if (lines[i - 1].startsWith("[[package]]") && name.matches()) {
        names.putIfAbsent(Dependencies.normalise(name.group(1)), new Place(file, i + 1));
      }
    }
  }

  private void pipfileLock() {
    try {
      JsonNode root = new ObjectMapper().readTree(files.text("Pipfile.lock").orElse("{}"));
      root.path("default")
          .fieldNames()
          .forEachRemaining(name ->
              names.putIfAbsent(Dependencies.normalise(name), new Place("Pipfile.lock", 0)));
    } catch (JsonProcessingException bad) {
      int line = bad.getLocation() == null ? 0 : bad.getLocation().getLineNr();
      errors.add(
          "Pipfile.lock", line, "", "not JSON: " + bad.getOriginalMessage() + "; run pipenv lock");
    }
  }

  /** Without a lock file, what the Pipfile asks for, as pip writes it. */
  private List<String> pipfile() {
    List<String> packages = new ArrayList<>();
    Optional<TomlFile> file = TomlFile.read(files, "Pipfile", errors);
    TomlTable table = file.map(f -> f.table(List.of("packages"))).orElse(null);
    if (file.isPresent() && table != null) {
      for (String name : table.keySet()) {
        names.putIfAbsent(
            Dependencies.normalise(name),
            new Place("Pipfile", file.get().line(List.of("packages", name))));
        packages.add(name + version(table.get(List.of(name))));
      }
    }
    return packages;
  }

  private static String version(Object wanted) {
    return switch (wanted) {
      case String any when any.equals("*") -> "";
      case String exact -> exact;
      case TomlTable table when table.get("version") instanceof String inner ->
          extras(table) + version(inner);
      case TomlTable table -> extras(table);
      default -> "";
    };
  }

  private static String extras(TomlTable table) {
    return table.get("extras") instanceof TomlArray extras
        ? extras.toList().toString().replace(" ", "")
        : "";
  }
}
