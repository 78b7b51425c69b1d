package dev.undercloud.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What may stand at a place of a config file. A schema is a tree of these and nothing else. */
sealed interface Shape {

  /** One value. */
  record Value(ValueType type) implements Shape {}

  /** A table of known keys. */
  record Table(Map<String, Shape> keys) implements Shape {
    public Table {
      keys = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    static Table empty() {
      return new Table(Map.of());
    }

    Table with(String key, ValueType type) {
      return with(key, new Value(type));
    }

    Table with(String key, Shape shape) {
      Map<String, Shape> more = new LinkedHashMap<>(keys);
      more.put(key, shape);
      return new Table(more);
    }
  }

  /**
   * A table whose keys the user chooses.
   *
   * @param names what a key must match
   * @param what what a key is, for the error: {@code a process name: lower-case letters, …}
   */
  record Named(Pattern names, String what, ValueType type) implements Shape {}

  /**
   * A list of tables: {@code [[routes]]}. Its length is kept under its own key, and each table's
   * values under {@code routes[0].…}.
   *
   * @param required keys without which a table makes no sense
   */
  record Tables(Table each, List<String> required) implements Shape {}

  /** One value for the simple case, a table for the rest. */
  record Either(ValueType simple, Shape table) implements Shape {}
}
