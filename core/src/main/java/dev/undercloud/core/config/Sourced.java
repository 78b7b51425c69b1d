package dev.undercloud.core.config;

import org.jspecify.annotations.Nullable;

/**
 * A value and where it came from.
 *
 * @param file null for a default or the command line
 * @param line 1-based, 0 for the whole file
 */
record Sourced<T>(T value, @Nullable String file, int line, String reason) {

  /** The reason of what was said there. */
  static final String COMMAND_LINE = "command line";

  static <T> Sourced<T> byDefault(T value) {
    return new Sourced<>(value, null, 0, "default");
  }

  static <T> Sourced<T> because(T value, String reason) {
    return new Sourced<>(value, null, 0, reason);
  }

  <R> Sourced<R> with(R other) {
    return new Sourced<>(other, file, line, reason);
  }

  Sourced<T> because(String better) {
    return new Sourced<>(value, file, line, better);
  }

  /** {@code Procfile:3}; the reason where there is no file. */
  String place() {
    return file == null ? reason : line > 0 ? file + ":" + line : file;
  }

  Setting setting(String key, String shown) {
    return new Setting(key, shown, file, line, reason);
  }
}
