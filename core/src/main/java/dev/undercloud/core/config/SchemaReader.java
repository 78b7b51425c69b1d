package dev.undercloud.core.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
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
      table(table, schema, new Place("", file.line(base)));
    }
    return values;
  }

  /**
   * Where a value stands.
   *
   * @param key dotted; empty for the whole file
   */
  private record Place(String key, int line) {
    /** A key of the table that stands here. */
    Place of(TomlTable table, String name) {
      TomlPosition position = table.inputPositionOf(List.of(name));
      return new Place(
          key.isEmpty() ? name : key + "." + name, position == null ? line : position.line());
    }

    /** An element of the list that stands here. */
    Place of(TomlArray array, int index) {
      TomlPosition position = array.inputPositionOf(index);
      return new Place(key + "[" + index + "]", position == null ? line : position.line());
    }
  }

  private void table(TomlTable table, Shape.Table schema, Place here) {
    for (String key : table.keySet()) {
      Shape shape = schema.keys().get(key);
      Place there = here.of(table, key);
      if (shape == null) {
        unknown(there, key, schema.keys().keySet());
      } else {
        shape(value(table, key), shape, there);
      }
    }
  }

  private void shape(Object toml, Shape shape, Place here) {
    switch (shape) {
      case Shape.Value value -> value(toml, value.type(), here);
      case Shape.Either either when toml instanceof TomlTable -> shape(toml, either.table(), here);
      case Shape.Either either -> value(toml, either.simple(), here);
      case Shape.Table inner when toml instanceof TomlTable table -> table(table, inner, here);
      case Shape.Named named when toml instanceof TomlTable table -> named(table, named, here);
      case Shape.Tables tables when toml instanceof TomlArray array -> tables(array, tables, here);
      case Shape.Table inner ->
          wrong(here, notTable(toml) + "its keys are " + String.join(", ", inner.keys().keySet()));
      case Shape.Named named -> wrong(here, notTable(toml) + "each key is " + named.what());
      case Shape.Tables _ ->
          wrong(
              here,
              ValueType.shown(toml) + " is not a list of tables; write [[" + here.key() + "]]");
    }
  }

  private void tables(TomlArray array, Shape.Tables tables, Place here) {
    values.put(here.key(), new Sourced<>(array.size(), file.name(), here.line(), "set there"));
    for (int i = 0; i < array.size(); i++) {
      Place there = here.of(array, i);
      if (!(array.get(i) instanceof TomlTable table)) {
        wrong(there, notTable(array.get(i)) + "write [[" + here.key() + "]]");
        continue;
      }
      table(table, tables.each(), there);
      for (String key : tables.required()) {
        if (!table.contains(List.of(key))) {
          wrong(there, "has no " + key);
        }
      }
    }
  }

  private void named(TomlTable table, Shape.Named named, Place here) {
    for (String key : table.keySet()) {
      Place there = here.of(table, key);
      if (named.names().matcher(key).matches()) {
        value(value(table, key), named.type(), there);
      } else {
        wrong(there, "\"" + key + "\" is not " + named.what());
      }
    }
  }

  private void value(Object toml, ValueType type, Place here) {
    try {
      values.put(here.key(), new Sourced<>(type.read(toml), file.name(), here.line(), "set there"));
    } catch (IllegalArgumentException bad) {
      wrong(here, String.valueOf(bad.getMessage()));
    }
  }

  private void unknown(Place here, String key, Collection<String> known) {
    errors.add(
        file.name(),
        here.line(),
        here.key(),
        "unknown key; known here: " + String.join(", ", known),
        Nearest.of(key, known));
  }

  private void wrong(Place here, String reason) {
    errors.add(file.name(), here.line(), here.key(), reason);
  }

  private static Object value(TomlTable table, String key) {
    Object value = table.get(List.of(key));
    return value == null ? "" : value;
  }

  private static String notTable(Object toml) {
    return ValueType.shown(toml) + " is not a table; ";
  }
}
