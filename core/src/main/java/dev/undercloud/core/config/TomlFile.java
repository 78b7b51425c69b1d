package dev.undercloud.core.config;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/** A parsed TOML file that knows the line of everything in it. */
final class TomlFile {
  private final String name;
  private final TomlParseResult result;

  private TomlFile(String name, TomlParseResult result) {
    this.name = name;
    this.result = result;
  }

  /** Parses it; syntax errors are added, and what could be read in spite of them is there. */
  static Optional<TomlFile> read(ProjectFiles files, String name, Errors errors) {
    return files.text(name).map(text -> parse(name, text, errors));
  }

  private static TomlFile parse(String name, String text, Errors errors) {
    TomlParseResult result = Toml.parse(text, TomlVersion.LATEST);
    for (TomlParseError error : result.errors()) {
      errors.add(name, error.position().line(), "", syntax(error));
    }
    return new TomlFile(name, result);
  }

  private static String syntax(TomlParseError error) {
    String message = String.valueOf(error.getMessage());
    String at = " (column " + error.position().column() + ")";
    boolean bare = message.endsWith("expected a value");
    return "TOML syntax: " + message + at + (bare ? "; text goes in quotes" : "");
  }

  String name() {
    return name;
  }

  /** The table at a path; null where there is none or something else. */
  @Nullable TomlTable table(List<String> path) {
    if (path.isEmpty()) {
      return result;
    }
    return get(path) instanceof TomlTable table ? table : null;
  }

  /** The value at a path; null where there is none. */
  @Nullable Object get(List<String> path) {
    TomlTable table = result;
    for (String step : path.subList(0, path.size() - 1)) {
      if (!(table.get(List.of(step)) instanceof TomlTable inner)) {
        return null;
      }
      table = inner;
    }
    return table.get(List.of(path.getLast()));
  }

  /** The line a key stands on; of the nearest table around it where it has none. */
  int line(List<String> path) {
    for (int n = path.size(); n > 0; n--) {
      TomlPosition position = result.inputPositionOf(path.subList(0, n));
      if (position != null) {
        return position.line();
      }
    }
    return 0;
  }
}
