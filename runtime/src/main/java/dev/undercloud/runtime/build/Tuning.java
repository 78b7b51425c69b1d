package dev.undercloud.runtime.build;

import dev.undercloud.runtime.driver.Confinement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What tests set otherwise than production.
 *
 * @param limits of a project's size
 * @param installLimit for one run of an installer
 * @param pythons folders looked into for interpreters after PATH
 * @param wheels where a pip may lie as a wheel
 * @param confinement what leaves processor and memory to what serves; null where nothing need
 */
record Tuning(
    ProjectScan.Limits limits,
    Duration installLimit,
    List<Path> pythons,
    Path wheels,
    @Nullable Confinement confinement) {

  /** Compiling a scientific package takes ten minutes; beyond this something hangs. */
  private static final Duration INSTALL_LIMIT = Duration.ofMinutes(15);

  /** Where Debian keeps the wheels that ensurepip installs. */
  static final Path DEBIAN_WHEELS = Path.of("/usr/share/python-wheels");

  static final List<Path> USUAL_PYTHONS = List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"));

  static Tuning in(Confinement confinement) {
    return new Tuning(
        ProjectScan.Limits.DEFAULT, INSTALL_LIMIT, USUAL_PYTHONS, DEBIAN_WHEELS, confinement);
  }

  Tuning {
    pythons = List.copyOf(pythons);
  }
}
