package dev.undercloud.runtime.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The few calls of the C library that Java lacks. Needs {@code --enable-native-access}. Any thread;
 * none of them blocks.
 */
final class Sys {
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle KILL = bind("kill", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle GETPAGESIZE = bind("getpagesize", JAVA_INT);
  private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle FALLOCATE =
      bind("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ValueLayout.ADDRESS, JAVA_INT),
          CAPTURE,
          Linker.Option.firstVariadicArg(2));

  private Sys() {}

  /** Sends {@code signal} to a process, or for a negative id to its group; 0 or the errno. */
  static int kill(long pid, int signal) {
    if (pid == 0 || pid == -1 || pid == 1 || pid != (int) pid) {
      throw new IllegalArgumentException("never a target of ours: " + pid);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return (int) KILL.invokeExact(state, (int) pid, signal) == 0 ? 0 : errno(state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Bytes in a page of memory. */
  static int pageSize() {
    try (Arena arena = Arena.ofConfined()) {
      return (int) GETPAGESIZE.invokeExact(arena.allocate(STATE));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Gives the disk blocks of a part of a file back and keeps its size; the part reads as zeroes.
   *
   * @return 0 or the errno: file systems without holes answer EOPNOTSUPP
   */
  static int punchHole(Path file, long from, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd =
          (int) OPEN.invokeExact(state, arena.allocateFrom(file.toString()), O_RDWR | O_CLOEXEC);
      if (fd < 0) {
        return errno(state);
      }
      int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
      int failed =
          (int) FALLOCATE.invokeExact(state, fd, mode, from, length) == 0 ? 0 : errno(state);
      int unused = (int) CLOSE.invokeExact(state, fd);
      return failed;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        CAPTURE);
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library failed in an impossible way", e);
  }
}
