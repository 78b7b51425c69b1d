package dev.undercloud.core.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects mistakes, so that all of them are told at once. */
final class Errors {
  /** More than this many errors come from one cause and help nobody. */
  private static final int MOST = 100;

  private final Set<ConfigError> all = new LinkedHashSet<>();

  void add(String file, int line, String key, String reason) {
    add(file, line, key, reason, null);
  }

  void add(String file, int line, String key, String reason, @Nullable String suggestion) {
    if (all.size() < MOST) {
      all.add(new ConfigError(file, line, key, reason, suggestion));
    }
  }

  /** An error at the place a value came from. */
  void at(Sourced<?> value, String key, String reason) {
    add(value.file() == null ? "command line" : value.file(), value.line(), key, reason);
  }

  /** By file and line. */
  List<ConfigError> list() {
    List<ConfigError> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparing(ConfigError::file).thenComparingInt(ConfigError::line));
    return sorted;
  }

  void throwIfAny() {
    if (!all.isEmpty()) {
      throw new ConfigException(list());
    }
  }
}
