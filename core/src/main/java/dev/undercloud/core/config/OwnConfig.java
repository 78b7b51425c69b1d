package dev.undercloud.core.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlTable;

/** Our own file: {@code undercloud.toml}, or {@code [tool.undercloud]} in pyproject.toml. */
final class OwnConfig {
  static final String FILE = "undercloud.toml";
  private static final List<String> TOOL = List.of("tool", "undercloud");

  private final Map<String, Sourced<Object>> values;

  private OwnConfig(Map<String, Sourced<Object>> values) {
    this.values = values;
  }

  /**
   * @param processes names of processes that other files declare
   */
  static OwnConfig read(
      Optional<TomlFile> own,
      Optional<TomlFile> pyproject,
      Collection<String> processes,
      Errors errors) {
    Optional<TomlFile> inside = pyproject.filter(p -> p.get(TOOL) != null);
    if (own.isPresent() && inside.isPresent()) {
      errors.add(
          inside.get().name(),
          inside.get().line(TOOL),
          "tool.undercloud",
          "both undercloud.toml and [tool.undercloud] in pyproject.toml are there; keep one");
    }
    if (own.isPresent()) {
      return read(own.get(), List.of(), processes, errors);
    }
    return inside
        .map(file -> read(file, TOOL, processes, errors))
        .orElseGet(() -> new OwnConfig(Map.of()));
  }

  private static OwnConfig read(
      TomlFile file, List<String> base, Collection<String> processes, Errors errors) {
    Set<String> all = new HashSet<>(processes);
    TomlTable top = file.table(base);
    if (top == null) {
      errors.add(file.name(), file.line(base), String.join(".", base), "not a table");
    } else if (top.get(List.of("processes")) instanceof TomlTable declared) {
      all.addAll(declared.keySet());
    }
    all.remove(Schema.RELEASE);
    OwnConfig own =
        new OwnConfig(
            new SchemaReader(file, base, errors).read(Schema.of(all.stream().sorted().toList())));
    own.under("processes")
        .forEach((name, command) -> {
          if (Schema.RESERVED.contains(name)) {
            errors.at(command, "processes." + name, "a process cannot be called " + name);
          }
        });
    return own;
  }

  /** The value of a key, which the schema says to be of that type; null where it is not set. */
  <T> @Nullable Sourced<T> get(String key, Class<T> type) {
    Sourced<Object> found = values.get(key);
    return found == null ? null : found.with(type.cast(found.value()));
  }

  /** A list of texts; null where it is not set. */
  @Nullable Sourced<List<String>> list(String key) {
    Sourced<Object> found = values.get(key);
    return found != null && found.value() instanceof List<?> list
        ? found.with(list.stream().map(String::valueOf).toList())
        : null;
  }

  /** The text values below a table whose keys the user chose, by key, in the file's order. */
  Map<String, Sourced<String>> under(String table) {
    Map<String, Sourced<String>> found = new LinkedHashMap<>();
    String prefix = table + ".";
    values.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        found.put(key.substring(prefix.length()), value.with((String) value.value()));
      }
    });
    return found;
  }

  /** Everything below a table, by key, in the file's order. */
  Map<String, Sourced<Object>> below(String table) {
    Map<String, Sourced<Object>> found = new LinkedHashMap<>();
    String prefix = table + ".";
    values.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        found.put(key.substring(prefix.length()), value);
      }
    });
    return found;
  }

  /** The value of a key, or else the first one below it; null where there is neither. */
  @Nullable Sourced<?> any(String key) {
    Sourced<Object> found = values.get(key);
    return found != null ? found : below(key).values().stream().findFirst().orElse(null);
  }
}
