package dev.undercloud.core.config;

import dev.undercloud.core.policy.PasswordHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files and folders that rules name, relative to the project. */
final class RuleFiles {
  /** Ten thousand users belong into the app. */
  private static final long MOST_BYTES = 2 << 20;

  private final Path project;
  private final Errors errors;

  RuleFiles(Path project, Errors errors) {
    this.project = project;
    this.errors = errors;
  }

  /** Absolute; whether it is there is not asked. */
  Optional<Path> path(Sourced<String> named, String key) {
    try {
      return Optional.of(project.resolve(named.value()).normalize());
    } catch (InvalidPathException bad) {
      errors.at(named, key, "\"" + named.value() + "\" is not a path");
      return Optional.empty();
    }
  }

  /**
   * A path within the project, links followed: the project's owner may not read all that we may.
   */
  Optional<Path> inside(Sourced<String> named, String key) {
    Optional<Path> path = path(named, key);
    if (path.isPresent() && !isInside(path.get())) {
      errors.at(named, key, named.value() + " lies outside of the project; move it inside");
      return Optional.empty();
    }
    return path;
  }

  private boolean isInside(Path path) {
    try {
      // What is not there yet leads nowhere.
      return path.startsWith(project.normalize())
          && (!Files.exists(path) || path.toRealPath().startsWith(project.toRealPath()));
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** A file that can be read. */
  Optional<Path> file(Sourced<String> named, String key) {
    Optional<Path> path = path(named, key);
    if (path.isPresent() && !Files.isReadable(path.get())) {
      errors.at(named, key, "there is no readable file " + path.get());
      return Optional.empty();
    }
    return path;
  }

  /** Users of a file of {@code name:hash} lines, {@code #} for comments. */
  Map<String, String> users(Sourced<String> named, String key) {
    Map<String, String> users = new LinkedHashMap<>();
    Path path = file(named, key).orElse(null);
    if (path == null) {
      return users;
    }
    try {
      List<String> lines = Files.size(path) > MOST_BYTES ? List.of() : Files.readAllLines(path);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).strip();
        if (!line.isEmpty() && !line.startsWith("#")) {
          user(line, named.value(), i + 1, users);
        }
      }
      if (users.isEmpty() && errors.list().isEmpty()) {
        errors.at(named, key, named.value() + " names no user, so nobody could get in");
      }
    } catch (IOException unreadable) {
      errors.at(named, key, named.value() + " cannot be read: " + unreadable.getMessage());
    }
    return users;
  }

  private void user(String line, String file, int number, Map<String, String> users) {
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon);
    try {
      RuleTypes.matching(name, RuleTypes.USER, "a user's name; write name:hash");
      PasswordHash.parse(line.substring(colon + 1));
      users.put(name, line.substring(colon + 1));
    } catch (IllegalArgumentException bad) {
      errors.add(file, number, name, String.valueOf(bad.getMessage()));
    }
  }
}
