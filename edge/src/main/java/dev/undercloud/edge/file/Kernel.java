package dev.undercloud.edge.file;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls of the C library that resolve, look at and read files by descriptor, which Java offers
 * by path only: between two looks at a path somebody may have put a link there. Pointers are passed
 * as numbers, which is the same to the ABIs of x86-64 and AArch64 and allocates nothing. Needs
 * {@code --enable-native-access}. One for each thread.
 */
final class Kernel {
  /** No file, or none that may be served. */
  static final int ABSENT = -1;

  /** This process has no descriptor left. */
  static final int NO_DESCRIPTOR = -2;

  /** The file ends before the bytes that were asked for. */
  static final int NO_MORE = -3;

  /** As the kernel limits a name within a folder. */
  static final int NAME_BYTES = 255;

  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
  private static final int O_NONBLOCK = 0x800;
  private static final int O_NOCTTY = 0x100;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_PATH = 0x200000;
  private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int S_IFMT = 0xf000;
  private static final int S_IFREG = 0x8000;
  private static final int S_IFDIR = 0x4000;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int EMFILE = 24;
  private static final int ENFILE = 23;

  /** {@code struct statx} is the same on every architecture. */
  private static final int STATX_BYTES = 256;

  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int CHANGED = 96;
  private static final int MODIFIED = 112;
  private static final int DEVICE = 136;

  /** The longest path of a root: PATH_MAX. */
  private static final int PATH_BYTES = 4096;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle OPENAT =
      bind("openat", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle STATX =
      bind("statx", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle PREAD =
      bind("pread", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SENDFILE =
      bind("sendfile64", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);

  private final MemorySegment state = Arena.ofAuto().allocate(STATE);
  private final MemorySegment name = Arena.ofAuto().allocate(PATH_BYTES);
  private final MemorySegment offset = Arena.ofAuto().allocate(JAVA_LONG);
  private final MemorySegment stat = Arena.ofAuto().allocate(STATX_BYTES, Long.BYTES);

  /** Of the last {@link #stat}. */
  boolean regular;

  boolean folder;
  long size;
  long inode;

  /** Major and minor number. */
  long device;

  /** Seconds since 1970, and the nanoseconds of that second. */
  long modifiedSeconds;

  int modifiedNanos;

  /** Of anything, the file's name and mode included: nobody can set it. */
  long changedSeconds;

  int changedNanos;

  /** Binds the calls, which takes some ten milliseconds the first time. Any thread. */
  static void load() {
    new Kernel().stat(0);
  }

  /** Opens a folder for paths below it, following links. */
  int openRoot(byte[] path) {
    if (path.length >= PATH_BYTES) {
      return ABSENT;
    }
    return open(AT_FDCWD, path, 0, path.length, O_PATH | O_DIRECTORY);
  }

  /** Opens the folder of that name, not through a link. */
  int openFolder(int within, byte[] in, int from, int to) {
    return open(within, in, from, to, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  }

  /** Opens what has that name for reading, not through a link; never waits for a FIFO's writer. */
  int openFile(int within, byte[] in, int from, int to) {
    return open(within, in, from, to, O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  }

  private int open(int within, byte[] in, int from, int to, int flags) {
    MemorySegment.copy(in, from, name, JAVA_BYTE, 0, to - from);
    name.set(JAVA_BYTE, to - from, (byte) 0);
    try {
      int fd = (int) OPENAT.invokeExact(state, within, name.address(), flags | O_CLOEXEC);
      if (fd >= 0) {
        return fd;
      }
      int errno = (int) ERRNO.get(state, 0L);
      return errno == EMFILE || errno == ENFILE ? NO_DESCRIPTOR : ABSENT;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Fills the fields; false where the kernel refuses. */
  boolean stat(int fd) {
    name.set(JAVA_BYTE, 0, (byte) 0);
    try {
      int failed =
          (int)
              STATX.invokeExact(
                  state, fd, name.address(), AT_EMPTY_PATH, STATX_BASIC_STATS, stat.address());
      if (failed != 0) {
        return false;
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
    int mode = stat.get(JAVA_SHORT, MODE) & S_IFMT;
    regular = mode == S_IFREG;
    folder = mode == S_IFDIR;
    size = stat.get(JAVA_LONG, SIZE);
    inode = stat.get(JAVA_LONG, INODE);
    device = stat.get(JAVA_LONG, DEVICE);
    modifiedSeconds = stat.get(JAVA_LONG, MODIFIED);
    modifiedNanos = stat.get(JAVA_INT, MODIFIED + Long.BYTES);
    changedSeconds = stat.get(JAVA_LONG, CHANGED);
    changedNanos = stat.get(JAVA_INT, CHANGED + Long.BYTES);
    return true;
  }

  /** Bytes read into {@code address}, 0 at the file's end, negative where reading failed. */
  int read(int fd, long address, int most, long offset) {
    try {
      return (int) (long) PREAD.invokeExact(state, fd, address, (long) most, offset);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Has the kernel write bytes of a file to a socket that does not block.
   *
   * @return how many it took, 0 where the socket is full, {@link #NO_MORE} where the file has none,
   *     {@link #ABSENT} where the socket is broken
   */
  long send(int socket, int fd, long at, long most) {
    offset.set(JAVA_LONG, 0, at);
    try {
      while (true) {
        long sent = (long) SENDFILE.invokeExact(state, socket, fd, offset.address(), most);
        if (sent > 0) {
          return sent;
        }
        if (sent == 0) {
          return NO_MORE;
        }
        int errno = (int) ERRNO.get(state, 0L);
        if (errno != EINTR) {
          return errno == EAGAIN ? 0 : ABSENT;
        }
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  void close(int fd) {
    try {
      int unused = (int) CLOSE.invokeExact(state, fd);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library failed in an impossible way", e);
  }
}
