package dev.undercloud.core.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tomlj.TomlTable;

/** Reads a TOML table by a schema: typed values by dotted key, and every mistake with its line. */
final class SchemaReader {
  private final TomlFile file;
  private final List<String> base;
  private final Errors errors;
  private final Map<String, Sourced<Object>> values = new LinkedHashMap<>();

  /**
   * @param base the path of the table within the file; left out of keys
   */
  SchemaReader(TomlFile file, List<String> base, Errors errors) {
    this.file = file;
    this.base = base;
    this.errors = errors;
  }

  Map<String, Sourced<Object>> read(Shape.Table schema) {
    TomlTable table = file.table(base);
    if (table != null) {
      table(table, schema, base);
    }
    return values;
  }

  private void table(TomlTable table, Shape.Table schema, List<String> path) {
    for (String key : table.keySet()) {
      List<String> here = append(path, key);
      Shape shape = schema.keys().get(key);
      if (shape == null) {
        unknown(here, schema.keys().keySet());
      } else {
        shape(value(table, key), shape, here);
      }
    }
  }

  private void shape(Object toml, Shape shape, List<String> here) {
    switch (shape) {
      case Shape.Value value -> value(toml, value.type(), here);
      case Shape.Table inner when toml instanceof TomlTable table -> table(table, inner, here);
      case Shape.Named named when toml instanceof TomlTable table -> named(table, named, here);
      case Shape.Table inner ->
          wrong(here, notTable(toml) + "its keys are " + String.join(", ", inner.keys().keySet()));
      case Shape.Named named -> wrong(here, notTable(toml) + "each key is " + named.what());
    }
  }

  private void named(TomlTable table, Shape.Named named, List<String> path) {
    for (String key : table.keySet()) {
      List<String> here = append(path, key);
      if (named.names().matcher(key).matches()) {
        value(value(table, key), named.type(), here);
      } else {
        wrong(here, "\"" + key + "\" is not " + named.what());
      }
    }
  }

  private void value(Object toml, ValueType type, List<String> here) {
    try {
      values.put(
          key(here), new Sourced<>(type.read(toml), file.name(), file.line(here), "set there"));
    } catch (IllegalArgumentException bad) {
      wrong(here, String.valueOf(bad.getMessage()));
    }
  }

  private void unknown(List<String> here, Collection<String> known) {
    errors.add(
        file.name(),
        file.line(here),
        key(here),
        "unknown key; known here: " + String.join(", ", known),
        Nearest.of(here.getLast(), known));
  }

  private void wrong(List<String> here, String reason) {
    errors.add(file.name(), file.line(here), key(here), reason);
  }

  private static Object value(TomlTable table, String key) {
    Object value = table.get(List.of(key));
    return value == null ? "" : value;
  }

  private static String notTable(Object toml) {
    return ValueType.shown(toml) + " is not a table; ";
  }

  private String key(List<String> here) {
    return String.join(".", here.subList(base.size(), here.size()));
  }

  private static List<String> append(List<String> path, String key) {
    List<String> longer = new ArrayList<>(path);
    longer.add(key);
    return List.copyOf(longer);
  }
}
