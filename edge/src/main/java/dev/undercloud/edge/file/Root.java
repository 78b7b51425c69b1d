package dev.undercloud.edge.file;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A folder that files are served from, open: paths below it are resolved from its descriptor, so
 * that no change of names above it leads elsewhere within a request. The folder itself may be a
 * link that somebody puts to another place: it is looked at again now and then. Its loop's thread
 * only.
 */
final class Root {
  private static final int NONE = -1;
  private static final byte[] WELL_KNOWN = ".well-known".getBytes(StandardCharsets.US_ASCII);

  private final Kernel kernel;
  private final byte[] path;
  private int fd = NONE;
  private long inode;
  private long device;
  private long lookedAt;

  /** Grows when the path leads to another folder than before. */
  int generation;

  Root(Kernel kernel, Path path) {
    this.kernel = kernel;
    this.path = path.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Its descriptor, or what {@link Kernel} says instead of one. */
  int open(long now, long freshNanos) {
    if (fd >= 0 && now - lookedAt < freshNanos) {
      return fd;
    }
    int next = kernel.openRoot(path);
    if (next < 0 || !kernel.stat(next)) {
      close();
      return next < 0 ? next : Kernel.ABSENT;
    }
    lookedAt = now;
    if (fd >= 0 && kernel.inode == inode && kernel.device == device) {
      kernel.close(next);
      return fd;
    }
    close();
    fd = next;
    inode = kernel.inode;
    device = kernel.device;
    generation++;
    return fd;
  }

  /**
   * Opens the file at a relative path, component by component, never through a link, and never one
   * whose name or folder begins with a dot, but for {@code .well-known} (RFC 8615).
   *
   * @return a descriptor, to be closed, or what {@link Kernel} says instead of one
   */
  int openBelow(int root, byte[] in, int from, int to) {
    int folder = root;
    int start = from;
    while (true) {
      int end = start;
      while (end < to && in[end] != '/') {
        end++;
      }
      boolean last = end == to;
      int next = Kernel.ABSENT;
      if (sound(in, start, end, last)) {
        next =
            last
                ? kernel.openFile(folder, in, start, end)
                : kernel.openFolder(folder, in, start, end);
      }
      if (folder != root) {
        kernel.close(folder);
      }
      if (last || next < 0) {
        return next;
      }
      folder = next;
      start = end + 1;
    }
  }

  private static boolean sound(byte[] in, int from, int to, boolean last) {
    if (to == from || to - from > Kernel.NAME_BYTES) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (in[i] == 0) {
        return false;
      }
    }
    return in[from] != '.' || !last && isWellKnown(in, from, to);
  }

  private static boolean isWellKnown(byte[] in, int from, int to) {
    return Arrays.equals(in, from, to, WELL_KNOWN, 0, WELL_KNOWN.length);
  }

  void close() {
    if (fd >= 0) {
      kernel.close(fd);
      fd = NONE;
    }
  }
}
