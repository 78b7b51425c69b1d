package dev.undercloud.edge.net;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * System calls of sockets that never block, straight into the kernel: no JNI, and none of the C
 * library's preparations for a thread that might be cancelled. Linux on x86-64 and AArch64. Needs
 * {@code --enable-native-access}. Any thread; callers see to it that nobody closes the descriptor
 * meanwhile.
 */
final class SystemCalls {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
  private static final long CLOSE = ARM ? 57 : 3;
  private static final long MMAP = ARM ? 222 : 9;
  private static final long MUNMAP = ARM ? 215 : 11;
  private static final long SENDTO = ARM ? 206 : 44;
  private static final long RECVFROM = ARM ? 207 : 45;
  private static final long IO_URING_SETUP = 425;
  private static final long IO_URING_ENTER = 426;
  private static final long IO_URING_REGISTER = 427;

  /** The other side may be gone: that is told, not signalled. */
  static final int MSG_NOSIGNAL = 0x4000;

  static final int MSG_DONTWAIT = 0x40;

  private static final long PROT_READ_WRITE = 1 | 2;
  private static final long MAP_SHARED_POPULATE = 1 | 0x8000;

  /** {@code long syscall(long number, ...)}, with the most arguments there are. */
  private static final MethodHandle SYSCALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().find("syscall").orElseThrow(),
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG),
              Linker.Option.firstVariadicArg(1),
              Linker.Option.critical(false));

  private SystemCalls() {}

  /**
   * @param address of direct memory with room for {@code length} bytes
   * @return how many bytes came, 0 where the other side has ended, negative where nothing came or
   *     something is wrong
   */
  static int receive(int descriptor, long address, int length) {
    return (int) call(RECVFROM, descriptor, address, length, 0, 0, 0);
  }

  /**
   * @return how many bytes the kernel took; negative where it took none or something is wrong
   */
  static int send(int descriptor, long address, int length) {
    return (int) call(SENDTO, descriptor, address, length, MSG_NOSIGNAL, 0, 0);
  }

  /** io_uring_setup(2): the ring's descriptor, or negative. */
  static int setUpRing(int entries, long parameters) {
    return (int) call(IO_URING_SETUP, entries, parameters, 0, 0, 0, 0);
  }

  /** io_uring_register(2): what {@code operation} returns, or negative. */
  static int registerRing(int ring, int operation, long argument, int count) {
    return (int) call(IO_URING_REGISTER, ring, operation, argument, count, 0, 0);
  }

  /** io_uring_enter(2) without waiting: how many entries were taken, or negative. */
  static int enterRing(int ring, int submit, int flags) {
    return (int) call(IO_URING_ENTER, ring, submit, 0, flags, 0, 0);
  }

  /** Where {@code bytes} of {@code descriptor} from {@code offset} on are now; -1 for nowhere. */
  static long map(int descriptor, long bytes, long offset) {
    return call(MMAP, 0, bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, descriptor, offset);
  }

  static void unmap(long address, long bytes) {
    call(MUNMAP, address, bytes, 0, 0, 0, 0);
  }

  static void close(int descriptor) {
    call(CLOSE, descriptor, 0, 0, 0, 0, 0);
  }

  private static long call(long number, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) SYSCALL.invokeExact(number, a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown); // a call of the C library throws nothing
    }
  }
}
