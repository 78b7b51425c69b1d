package dev.undercloud.core.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which Python a project wants.
 *
 * @param version {@code 3.12} or {@code 3.12.4}; null where any in {@code range} will do
 * @param range a condition that the version has to meet, as it is written; null for none
 */
record PythonVersion(@Nullable Sourced<String> version, @Nullable Sourced<String> range) {
  private static final Pattern PLAIN =
      Pattern.compile("(?:cpython-|python-)?(3\\.\\d{1,2}(?:\\.\\d{1,2})?)");
  private static final Pattern EXACT =
      Pattern.compile("(?:===?|~)\\s*(3\\.\\d{1,2})(\\.\\d{1,2})?(?:\\.\\*)?");
  private static final Pattern NARROW =
      Pattern.compile(">=\\s*3\\.(\\d{1,2})(?:\\.\\d+)?\\s*,\\s*<\\s*3\\.(\\d{1,2})(?:\\.0)?");
  private static final Pattern LEAST = Pattern.compile("(?:>=|\\^|~=)\\s*3\\.(\\d{1,2})");

  static PythonVersion read(
      ProjectFiles files, Optional<TomlFile> pyproject, Errors errors, List<String> warnings) {
    Sourced<String> plain = plain(files, ".python-version", warnings);
    if (plain == null) {
      plain = plain(files, "runtime.txt", warnings);
    }
    Sourced<String> range = range(pyproject);
    if (plain == null && files.exists("Pipfile")) {
      plain = TomlFile.read(files, "Pipfile", errors).map(PythonVersion::pipfile).orElse(null);
    }
    if (plain == null && range != null) {
      plain = single(range);
    }
    return new PythonVersion(plain, range);
  }

  private static @Nullable Sourced<String> plain(
      ProjectFiles files, String name, List<String> warnings) {
    String[] lines = files.text(name).orElse("").split("\\R", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Matcher version = PLAIN.matcher(line);
      if (version.matches()) {
        return new Sourced<>(version.group(1), name, i + 1, name + " asks for it");
      }
      warnings.add(
          "%s:%d says \"%s\", which is no version of CPython 3; any is taken. Write one like 3.12"
              .formatted(name, i + 1, line));
      return null;
    }
    return null;
  }

  private static @Nullable Sourced<String> pipfile(TomlFile file) {
    for (String key : List.of("python_full_version", "python_version")) {
      List<String> path = List.of("requires", key);
      if (file.get(path) instanceof String text && PLAIN.matcher(text).matches()) {
        return new Sourced<>(text, file.name(), file.line(path), "Pipfile asks for it");
      }
    }
    return null;
  }

  private static @Nullable Sourced<String> range(Optional<TomlFile> pyproject) {
    if (pyproject.isEmpty()) {
      return null;
    }
    TomlFile file = pyproject.get();
    for (List<String> path :
        List.of(
            List.of("project", "requires-python"),
            List.of("tool", "poetry", "dependencies", "python"))) {
      if (file.get(path) instanceof String text) {
        return new Sourced<>(
            text.strip(), file.name(), file.line(path), path.getLast() + " " + text.strip());
      }
    }
    return null;
  }

  /** The one minor version that a range allows; null where it allows several. */
  private static @Nullable Sourced<String> single(Sourced<String> range) {
    Matcher exact = EXACT.matcher(range.value());
    if (exact.matches()) {
      boolean patch = exact.group(2) != null && range.value().startsWith("=");
      return range.with(exact.group(1) + (patch ? exact.group(2) : ""));
    }
    Matcher narrow = NARROW.matcher(range.value());
    if (narrow.matches()
        && Integer.parseInt(narrow.group(1)) + 1 == Integer.parseInt(narrow.group(2))) {
      return range.with("3." + narrow.group(1));
    }
    return null;
  }

  /** Whether the range's lower end is above {@code python}, a version like {@code 3.11.7}. */
  boolean tooOld(String python) {
    Matcher least = LEAST.matcher(range == null ? "" : range.value());
    String[] parts = python.split("\\.");
    return version == null
        && least.find()
        && parts.length > 1
        && Integer.parseInt(parts[1]) < Integer.parseInt(least.group(1));
  }
}
