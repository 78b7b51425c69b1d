package dev.undercloud.core.config;

import org.jspecify.annotations.Nullable;

/**
 * One mistake in one of the user's files.
 *
 * @param file as the user knows it, relative to the project where it lies inside
 * @param line 1-based; 0 where the file as a whole is meant
 * @param key dotted, as {@code web.timeouts.request}
 * @param reason what is wrong and what would be right
 * @param suggestion what the user probably meant; null where nothing is near
 */
public record ConfigError(
    String file, int line, String key, String reason, @Nullable String suggestion) {

  /** {@code file:line: key: reason, did you mean "x"?} */
  public String sentence() {
    return file
        + (line > 0 ? ":" + line : "")
        + ": "
        + (key.isEmpty() ? "" : key + ": ")
        + reason
        + (suggestion == null ? "" : "; did you mean \"" + suggestion + "\"?");
  }
}
