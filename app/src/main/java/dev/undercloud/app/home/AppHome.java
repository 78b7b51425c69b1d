package dev.undercloud.app.home;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.route.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The state of one project.
 *
 * @param root {@code <state folder>/apps/<key>}
 */
public record AppHome(Path root) {

  /** {@code articles-3f9c2a}: the name for people, the hash so that two folders never share. */
  static String key(String name, Path directory) {
    return name + "-" + hash(directory.toString()).substring(0, 6);
  }

  public String key() {
    return root.getFileName().toString();
  }

  /** Held by the Undercloud that runs this app. */
  public Path lock() {
    return root.resolve("instance.lock");
  }

  /** Who runs it: see {@link Instance}. */
  public Path instance() {
    return root.resolve("instance.json");
  }

  /** There while the app is closed for maintenance. */
  public Path maintenance() {
    return root.resolve("maintenance.json");
  }

  /** Accounts, orders and certificates of ACME authorities. */
  public Path acme() {
    return root.resolve("acme");
  }

  public Path telemetry() {
    return root.resolve("telemetry");
  }

  /** Stored responses that memory has no room for. */
  public Path cache() {
    return root.resolve("cache");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  /**
   * The socket of the command line; in a private folder of /tmp where this one's path is too long.
   */
  public Path socket() {
    Path near = root.resolve("admin.sock");
    if (near.toString().getBytes(StandardCharsets.UTF_8).length <= Address.LONGEST_UNIX_PATH) {
      return near;
    }
    return shortFolder().resolve("admin.sock");
  }

  /** A release's copy of the user's folder. */
  public Path source(String release) {
    return root.resolve("releases").resolve(release).resolve("source");
  }

  /** Where replicas have their sockets and output. */
  public Path run() {
    return root.resolve("run");
  }

  /** Makes the folders; only the owner reads what is inside, but replicas pass through. */
  public void create() {
    try {
      Files.createDirectories(root);
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
      for (Path secret : new Path[] {telemetry(), logs(), cache()}) {
        Files.createDirectories(secret);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
      }
      Files.createDirectories(socket().getParent());
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder",
          "cannot make the app's state folder " + root,
          e.toString(),
          "Check its permissions and the free space of its disk.");
    }
  }

  private Path shortFolder() {
    return Path.of(
        "/tmp",
        "undercloud-" + System.getProperty("user.name"),
        hash(root.toString()).substring(0, 12));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
