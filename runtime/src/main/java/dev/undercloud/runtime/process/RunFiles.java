package dev.undercloud.runtime.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

  /** Makes the directory, empty. */
  void make(boolean othersPass) throws IOException {
    remove();
    makePrivate(directory, othersPass);
  }

  /** Makes an empty output of {@code user}. */
  void makeOutput(int user) throws IOException {
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

  /**
   * Makes a directory a user's. All in it only where the directory itself was another's: after a
   * start as somebody else, or never before.
   */
  static void ownTree(Path directory, int user) throws IOException {
    if (owner(directory) == user) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            own(file, user);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException vanished) {
            return FileVisitResult.CONTINUE;
          }

          // After all in it: the directory's owner stands for theirs.
          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed)
              throws IOException {
            own(folder, user);
            return FileVisitResult.CONTINUE;
          }
        });
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
