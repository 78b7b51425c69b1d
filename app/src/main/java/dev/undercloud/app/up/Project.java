package dev.undercloud.app.up;

import dev.undercloud.core.config.CliOverrides;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.config.Resolver;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.detect.ChildScanner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads projects: the user's files and, in a child process, their Python sources. */
public final class Project {
  private final Resolver resolver;

  public Project(Map<String, String> environment) {
    resolver = new Resolver(new ChildScanner(environment.getOrDefault("PATH", "")));
  }

  /** What the files in {@code directory} add up to. */
  public Resolution resolve(Path directory) {
    return resolver.resolve(existing(directory), CliOverrides.NONE);
  }

  /** All mistakes in them, and what is doubtful. */
  public Resolver.Checked check(Path directory) {
    return resolver.examine(existing(directory));
  }

  private static Path existing(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw CloudException.user(
          "no-such-folder",
          "there is no folder " + directory,
          Files.exists(directory) ? "it is a file" : "nothing has that name",
          "Name the folder of a project: undercloud up DIR");
    }
    return directory;
  }
}
