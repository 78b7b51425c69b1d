package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A project that is itself a package. It is not installed: its source, and {@code src} where it has
 * one, go onto PYTHONPATH, so that releases share one environment and no build backend is needed.
 * What an installation would add is written beside the snapshot: the metadata by which {@code
 * importlib.metadata} knows its version and entry points, and its console scripts.
 */
final class LocalPackage {
  private static final String FOLDER = "package";

  private LocalPackage() {}

  /** Writes what an installation of {@code source} would add, below {@code release}. */
  static void write(Path source, Path release) throws IOException {
    Pyproject pyproject = Pyproject.read(source);
    Optional<String> name = pyproject.packageName();
    if (name.isEmpty() || !pyproject.isPackage()) {
      return;
    }
    Path folder = Trees.openFolder(release.resolve(FOLDER));
    String distribution = name.get().replaceAll("[-_.]+", "_");
    Path info =
        Trees.openFolder(folder.resolve(distribution + "-" + pyproject.version() + ".dist-info"));
    Files.writeString(
        info.resolve("METADATA"),
        "Metadata-Version: 2.1\nName: " + name.get() + "\nVersion: " + pyproject.version() + "\n");
    StringBuilder points = new StringBuilder();
    pyproject
        .entryPoints()
        .forEach((group, entries) -> {
          points.append('[').append(group).append("]\n");
          entries.forEach((key, target) -> points.append(key + " = " + target + "\n"));
        });
    Files.writeString(info.resolve("entry_points.txt"), points.toString());
    Path bin = Trees.openFolder(folder.resolve("bin"));
    for (Map.Entry<String, String> script : pyproject.scripts().entrySet()) {
      script(bin, script.getKey(), script.getValue());
    }
  }

  private static void script(Path bin, String name, String target) throws IOException {
    String[] place = target.split("[:\\[]", 3);
    if (place.length < 2 || !name.matches("[\\w.-]+")) {
      return;
    }
    String object = place[1].strip();
    String first = object.split("\\.", 2)[0];
    Path file = bin.resolve(name);
    Files.writeString(
        file,
        """
        #!/usr/bin/env python
        import sys

        from %s import %s

        if __name__ == "__main__":
            sys.exit(%s())
        """
            .formatted(place[0].strip(), first, object));
    Trees.setMode(file, "r-xr-xr-x");
  }

  /** PYTHONPATH for the release; empty where it needs none. */
  static Optional<String> path(Path release) throws IOException {
    Path source = release.resolve("source");
    boolean layout = Files.isDirectory(source.resolve("src"));
    boolean packaged = Files.isDirectory(release.resolve(FOLDER));
    if (!layout && !packaged && !Files.exists(source.resolve("setup.py"))) {
      return Optional.empty();
    }
    String path = layout ? source.resolve("src") + ":" + source : source.toString();
    return Optional.of(packaged ? path + ":" + release.resolve(FOLDER) : path);
  }

  /** The folder of its console scripts; empty where it has none. */
  static Optional<Path> scripts(Path release) {
    return Optional.of(release.resolve(FOLDER).resolve("bin")).filter(Files::isDirectory);
  }
}
