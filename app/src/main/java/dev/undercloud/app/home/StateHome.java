package dev.undercloud.app.home;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.file.DurableFile;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.id.Hex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The state folder: everything that Undercloud keeps, and the only place it writes to.
 *
 * @param root absolute
 */
public record StateHome(Path root) {

  /** Root's own home is closed to the users that replicas run as; this is not (FHS 3.0, 5.8). */
  private static final Path OF_ROOT = Path.of("/var/lib/undercloud");

  /**
   * {@code $UNDERCLOUD_HOME}, else {@code $XDG_STATE_HOME/undercloud}, else {@code
   * ~/.local/state/undercloud}; for root {@code /var/lib/undercloud}.
   */
  public static StateHome locate(Map<String, String> environment) {
    String own = environment.getOrDefault("UNDERCLOUD_HOME", "");
    if (!own.isBlank()) {
      return new StateHome(Path.of(own).toAbsolutePath().normalize());
    }
    String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
    if (xdg.isEmpty() && isRoot()) {
      return new StateHome(OF_ROOT);
    }
    Path base =
        xdg.startsWith("/")
            ? Path.of(xdg)
            : Path.of(environment.getOrDefault("HOME", "/tmp"), ".local", "state");
    return new StateHome(base.resolve("undercloud").toAbsolutePath().normalize());
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException noProc) {
      return false;
    }
  }

  /**
   * Makes the folder where it is missing; replicas of another user pass through, but cannot list
   * it.
   */
  public void create() {
    try {
      Files.createDirectories(root);
      Path apps = root.resolve("apps");
      Files.createDirectories(apps);
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
      Files.setPosixFilePermissions(apps, PosixFilePermissions.fromString("rwx--x--x"));
      Path probe = Files.createTempFile(root, ".write", null);
      Files.delete(probe);
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder",
          "cannot write to the state folder " + root,
          e.getClass().getSimpleName() + ": " + e.getMessage(),
          "Make it writable, or name another one: UNDERCLOUD_HOME=/some/folder undercloud …");
    }
  }

  /** The certificate authority of this machine's user, shared by all projects. */
  public Path authority() {
    return root.resolve("ca");
  }

  /** Zones that the DNS server answers for, one file each, of all apps. */
  public Path zones() {
    return root.resolve("zones");
  }

  /**
   * What requests carry that one Undercloud of this folder sends on to another, 32 hexadecimal
   * digits; made where it is missing. Not for two at once: see {@link PortsLock}.
   */
  public String hopMark(Entropy entropy) {
    Path file = root.resolve("hop");
    try {
      String known = Files.exists(file) ? Files.readString(file).strip() : "";
      if (!known.matches("[0-9a-f]{32}")) {
        known = Hex.of(entropy.nextLong()) + Hex.of(entropy.nextLong());
        DurableFile.write(file, known);
      }
      return known;
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder", "cannot write " + file, e.toString(), "Check the folder's permissions.");
    }
  }

  /** The place of one project's state; the same folder always has the same. */
  public AppHome app(String name, Path directory) {
    return new AppHome(root.resolve("apps").resolve(AppHome.key(name, directory)));
  }

  /** Every app that has state here, running or not. */
  public List<AppHome> apps() {
    Path apps = root.resolve("apps");
    if (!Files.isDirectory(apps)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(apps)) {
      return found.filter(Files::isDirectory).sorted().map(AppHome::new).toList();
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder", "cannot read " + apps, e.toString(), "Check its permissions.");
    }
  }
}
