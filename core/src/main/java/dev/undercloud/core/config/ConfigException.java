package dev.undercloud.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** All mistakes of a project's files at once. */
public final class ConfigException extends RuntimeException {
  private final transient List<ConfigError> errors;

  public ConfigException(List<ConfigError> errors) {
    super(errors.stream().map(ConfigError::sentence).collect(Collectors.joining("\n")));
    if (errors.isEmpty()) {
      throw new IllegalArgumentException("a config exception without an error");
    }
    this.errors = List.copyOf(errors);
  }

  public List<ConfigError> errors() {
    return errors;
  }
}
