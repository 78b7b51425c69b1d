package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Whether the user that replicas run as can read and execute a file of this machine. Any thread.
 */
@FunctionalInterface
public interface Access {
  /** More symbolic links than this on one path is a loop; Linux stops at 40 too. */
  int MOST_LINKS = 40;

  /** Owns nothing. */
  int NOBODY = -1;

  boolean reaches(Path file);

  /** Replicas run as we do: whatever we found, they can use. */
  static Access same() {
    return file -> true;
  }

  /**
   * Replicas run as a user that owns nothing: every folder on the way, through every symbolic link,
   * must let others pass, and the file itself must be readable by others.
   */
  static Access others() {
    return file -> {
      try {
        return reach(file.toAbsolutePath(), NOBODY);
      } catch (IOException | UnsupportedOperationException unreadable) {
        return false;
      }
    };
  }

  /** The same, or the owner of that folder reaches it; root's folders have no owner in this. */
  default Access orOwnerOf(Path folder) {
    return file -> {
      if (reaches(file)) {
        return true;
      }
      try {
        int owner = owner(folder);
        return owner != 0 && reach(file.toAbsolutePath(), owner);
      } catch (IOException | UnsupportedOperationException unreadable) {
        return false;
      }
    };
  }

  /** {@link #others} where replicas get users of their own, as {@code RunAs.drops()} says. */
  static Access ofReplicas(boolean drops) {
    return drops ? others() : same();
  }

  /** As a user in no group that helps. */
  private static boolean reach(Path file, int user) throws IOException {
    Deque<Path> names = new ArrayDeque<>();
    file.forEach(names::add);
    Path here = Path.of("/");
    int links = 0;
    while (!names.isEmpty()) {
      if (!may(here, user, PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
      Path next = here.resolve(names.removeFirst()).normalize();
      if (Files.isSymbolicLink(next)) {
        if (++links > MOST_LINKS) {
          return false;
        }
        Path target = Files.readSymbolicLink(next);
        here = target.isAbsolute() ? Path.of("/") : here;
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
          names.addFirst(target.getName(i));
        }
      } else {
        here = next;
      }
    }
    return may(here, user, PosixFilePermission.OWNER_READ, PosixFilePermission.OTHERS_READ);
  }

  private static boolean may(
      Path path, int user, PosixFilePermission asOwner, PosixFilePermission asOther)
      throws IOException {
    boolean owns = user != NOBODY && owner(path) == user;
    return Files.getPosixFilePermissions(path).contains(owns ? asOwner : asOther);
  }

  private static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }
}
