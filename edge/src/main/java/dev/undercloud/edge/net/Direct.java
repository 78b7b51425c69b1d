package dev.undercloud.edge.net;

/**
 * Whether bytes pass between sockets and handlers without Netty in between, by {@link SystemCalls}:
 * a twentieth of the processor time of a small request. Netty keeps everything else: events,
 * connecting, what does not fit into the kernel at once, errors, ends.
 */
public final class Direct {
  /** Plain on purpose: whoever sees it late goes Netty's way a little longer. */
  private static boolean ready;

  private Direct() {}

  static boolean isReady() {
    return ready;
  }

  /**
   * Links the calls, some tens of milliseconds of processor time, and has all connections use them
   * from then on. Without effect where this machine or the way Java was started does not allow
   * them. Any thread but an event loop's.
   */
  public static void prepare() {
    try {
      // Descriptor -1 never is one.
      ready = SystemCalls.receive(-1, 0, 0) < 0;
    } catch (LinkageError | RuntimeException e) {
      ready = false;
    }
  }
}
