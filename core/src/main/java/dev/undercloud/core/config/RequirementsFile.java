package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads requirements files as far as needed: what is named where, and which files are included. */
final class RequirementsFile {
  /** Files that include each other; more is a circle that changes its name. */
  private static final int MOST_FILES = 50;

  private static final Pattern NAME =
      Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\\s*(?:\\[([^]]*)])?(.*)");
  private static final Pattern INCLUDE =
      Pattern.compile("(?:-r|--requirement|-c|--constraint)(?:\\s+|=|(?<=-[rc]))(\\S+)");
  private static final Pattern EDITABLE = Pattern.compile("(?:-e|--editable)(?:\\s+|=)(\\S+)");
  private static final Pattern EGG = Pattern.compile("#egg=([A-Za-z0-9._-]+)");

  /** Servers that come with other distributions, some with certain extras only. */
  private static final Map<String, String> BROUGHT =
      Map.of(
          "fastapi[standard]", "uvicorn",
          "fastapi[all]", "uvicorn",
          "fastapi-cli[standard]", "uvicorn",
          "uvicorn-worker", "uvicorn");

  private final ProjectFiles files;
  private final Errors errors;
  private final Set<String> read = new LinkedHashSet<>();
  private final Map<String, Place> names = new LinkedHashMap<>();

  RequirementsFile(ProjectFiles files, Errors errors) {
    this.files = files;
    this.errors = errors;
  }

  /** All files read, the first one first. */
  List<String> files() {
    return List.copyOf(read);
  }

  Map<String, Place> names() {
    return names;
  }

  void read(String file) {
    if (read.size() >= MOST_FILES || !read.add(file)) {
      return;
    }
    String[] lines = files.text(file).orElse("").split("\\R", -1);
    for (int i = 0; i < lines.length; i++) {
      int number = i + 1;
      StringBuilder whole = new StringBuilder(lines[i]);
      while (whole.toString().endsWith("\\") && i + 1 < lines.length) {
        whole.setLength(whole.length() - 1);
        whole.append(lines[++i]);
      }
      line(file, number, whole.toString().replaceFirst("(^|\\s)#.*", "").strip());
    }
  }

  private void line(String file, int number, String line) {
    Matcher include = INCLUDE.matcher(line);
    Matcher editable = EDITABLE.matcher(line);
    if (line.isEmpty()) {
      return;
    }
    if (include.matches()) {
      include(file, number, include.group(1));
    } else if (editable.matches() || line.startsWith(".")) {
      project(editable.matches() ? editable.group(1) : line);
    } else if (!line.startsWith("-")) {
      name(line, new Place(file, number), names);
    }
  }

  private void include(String file, int number, String target) {
    if (target.contains("://") || target.contains("$")) {
      return; // pip's own business
    }
    Path parent = Path.of(file).getParent();
    Path path = (parent == null ? Path.of(target) : parent.resolve(target)).normalize();
    if (path.isAbsolute() || path.startsWith("..")) {
      errors.add(file, number, "", target + " lies outside of the project; move it inside");
    } else if (!files.exists(path.toString())) {
      errors.add(file, number, "", "includes " + target + ", which does not exist");
    } else {
      read(path.toString());
    }
  }

  /** {@code -e .}: the project itself is installed, so what describes it decides, too. */
  private void project(String target) {
    if (target.equals(".") || target.startsWith(".[")) {
      for (String name : List.of("pyproject.toml", "setup.py", "setup.cfg")) {
        if (files.exists(name)) {
          read.add(name);
        }
      }
    }
  }

  /** Notes the distribution that a requirement (PEP 508) names, and what its extras bring. */
  static void name(String requirement, Place place, Map<String, Place> names) {
    Matcher egg = EGG.matcher(requirement);
    if (requirement.contains("://") && egg.find()) {
      names.putIfAbsent(Dependencies.normalise(egg.group(1)), place);
      return;
    }
    Matcher name = NAME.matcher(requirement.strip());
    if (!name.matches() || name.group(3).startsWith(":") || name.group(3).startsWith("/")) {
      return;
    }
    String normal = Dependencies.normalise(name.group(1));
    names.putIfAbsent(normal, place);
    brought(normal, place, names);
    for (String extra : extras(name.group(2))) {
      brought(normal + "[" + extra + "]", place, names);
    }
  }

  private static void brought(String by, Place place, Map<String, Place> names) {
    String server = BROUGHT.get(by);
    if (server != null) {
      names.putIfAbsent(server, place);
    }
  }

  private static List<String> extras(@Nullable String list) {
    List<String> found = new ArrayList<>();
    if (list != null) {
      for (String extra : list.split(",")) {
        found.add(extra.strip());
      }
    }
    return found;
  }
}
