package dev.undercloud.runtime.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one running replica, in a directory of its own; gone when it is. Ours, but for the
 * output, which belongs to the replica's user so that it may open its {@code /dev/stdout} again.
 */
record RunFiles(Path directory) {
  /** Where the replica's standard output and error go. */
  Path output() {
    return directory.resolve("output");
  }

  /** How far the output was read. */
  Path offset() {
    return directory.resolve("offset");
  }

  /** The leader's line of {@code /proc/<pid>/stat}, written by itself before it is the app. */
  Path leader() {
    return directory.resolve("leader");
  }

  Path record() {
    return directory.resolve("replica");
  }

  /** The directory of its socket, unless that path is too long. */
  Path sockets() {
    return directory.resolve("s");
  }

  /** Makes the directory and an empty output of {@code user}. */
  void make(boolean othersPass, int user) throws IOException {
    makePrivate(directory, othersPass);
    Files.deleteIfExists(offset());
    Files.deleteIfExists(leader());
    Files.deleteIfExists(output());
    Files.createFile(
        output(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    own(output(), user);
  }

  /** A directory that only we may change or list; others may pass through it or not. */
  static void makePrivate(Path directory, boolean othersPass) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(
        directory, PosixFilePermissions.fromString(othersPass ? "rwx--x--x" : "rwx------"));
  }

  /** Gives a file to a user and its group of the same number; nothing where it is theirs. */
  static void own(Path file, int user) throws IOException {
    if (owner(file) != user) {
      Files.setAttribute(file, "unix:gid", user, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
    }
  }

  static int owner(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  void remove() throws IOException {
    removeTree(directory);
  }

  /** Removes a directory with all in it; does not follow links. */
  static void removeTree(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException gone) {
      return;
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
