package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.BuildSpec;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything a project wants installed, whatever format it is written in, as requirements.
 *
 * @param requirements from the project's files
 * @param packages beyond them
 */
record Dependencies(Requirements requirements, List<String> packages) {
  Dependencies {
    packages = List.copyOf(packages);
  }

  /**
   * @param root the snapshot
   * @param project the user's folder
   * @throws CloudException when a file cannot be read
   */
  static Dependencies read(Path root, Path project, BuildSpec spec) throws IOException {
    try {
      return new Dependencies(requirements(root, project, spec), spec.packages());
    } catch (NoSuchFileException absent) {
      throw CloudException.user(
          "build-failed",
          "the dependencies cannot be read",
          root.relativize(Path.of(absent.getFile())) + " is not in the project",
          "Create it, or take it out of " + IgnoreRules.FILE);
    }
  }

  boolean isEmpty() {
    return requirements.named().isEmpty() && packages.isEmpty();
  }

  void describe(Digest digest) throws IOException {
    requirements.describe(digest);
    packages.forEach(digest::add);
  }

  private static Requirements requirements(Path root, Path project, BuildSpec spec)
      throws IOException {
    return switch (spec.installer()) {
      case NONE -> Requirements.of(root, project, "none", "");
      case REQUIREMENTS -> Requirements.read(root, project, spec.files());
      case PYPROJECT -> Pyproject.read(root).requirements(root, project);
      case UV_LOCK -> lock(root, project, "uv.lock");
      case POETRY_LOCK -> lock(root, project, "poetry.lock");
      case PIPFILE_LOCK -> lock(root, project, "Pipfile.lock");
    };
  }

  private static Requirements lock(Path root, Path project, String name) throws IOException {
    String text = Text.read(root.resolve(name));
    String lines =
        switch (name) {
          case "uv.lock" -> Pyproject.read(root).indexes() + UvLock.requirements(text);
          case "poetry.lock" -> {
            Pyproject pyproject = Pyproject.read(root);
            yield pyproject.indexes() + PoetryLock.requirements(text, pyproject);
          }
          default -> PipfileLock.requirements(text);
        };
    return Requirements.of(root, project, name + ".txt", lines);
  }
}
