package dev.undercloud.edge.net;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * recv(2) and send(2) of sockets that never block, straight into the kernel: no JNI, and none of
 * the C library's preparations for a thread that might be cancelled. Linux on x86-64 and AArch64.
 * Needs {@code --enable-native-access}. Any thread; callers see to it that nobody closes the
 * descriptor meanwhile.
 */
final class SocketCalls {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
  private static final long SENDTO = ARM ? 206 : 44;
  private static final long RECVFROM = ARM ? 207 : 45;
  private static final long MSG_NOSIGNAL = 0x4000;

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

  private SocketCalls() {}

  /**
   * @param address of direct memory with room for {@code length} bytes
   * @return how many bytes came, 0 where the other side has ended, negative where nothing came or
   *     something is wrong
   */
  static int receive(int descriptor, long address, int length) {
    return call(RECVFROM, descriptor, address, length, 0);
  }

  /**
   * @return how many bytes the kernel took; negative where it took none or something is wrong
   */
  static int send(int descriptor, long address, int length) {
    return call(SENDTO, descriptor, address, length, MSG_NOSIGNAL);
  }

  private static int call(long number, int descriptor, long address, int length, long flags) {
    try {
      return (int)
          (long)
              SYSCALL.invokeExact(number, (long) descriptor, address, (long) length, flags, 0L, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a call of the C library throws nothing
    }
  }
}
