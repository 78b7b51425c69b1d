package dev.undercloud.edge.net;

import org.jspecify.annotations.Nullable;

/**
 * Sends of several sockets by one system call: between two calls whoever was woken by the first may
 * take our processor away, and each such change costs as much as a request. They are over when the
 * call returns, as if each had been made by itself. For one event loop, and on its thread only.
 */
public final class Sends implements AutoCloseable {
  /** By one call: the Java runtime stops no thread within one, and so many take some 400 us. */
  private static final int MOST = 128;

  /** What more than one costs, fewer do not save. */
  private static final int FEWEST = 4;

  private static final int NOT_SENT = -1;

  private final int[] results = new int[MOST];
  private @Nullable Ring ring;
  private boolean looked;
  private int added;

  /** Whether {@code count} sockets that have something to send gain by it, and may. */
  public boolean isWorthwhile(int count) {
    return count >= FEWEST && ring() != null;
  }

  private @Nullable Ring ring() {
    if (!looked && Direct.isReady()) {
      looked = true;
      ring = Ring.open(MOST);
    }
    return ring;
  }

  /**
   * @param address of direct memory that stays as it is until {@link #submit} has returned
   * @return what {@link #result} wants to know; negative where there is no room for more
   */
  int add(int socket, long address, int length) {
    Ring to = ring();
    if (to == null || added == MOST) {
      return NOT_SENT;
    }
    to.send(added, socket, address, length);
    results[added] = NOT_SENT;
    return added++;
  }

  /** Sends all that was added since the last time. */
  public void submit() {
    int count = added;
    Ring by = ring;
    added = 0;
    if (count > 0 && by != null && !by.submit(count, results)) {
      // Whatever it is that the kernel lacks: each socket by itself needs less.
      close();
    }
  }

  /** How many bytes the kernel took; negative where it took none or something is wrong. */
  int result(int number) {
    return results[number];
  }

  @Override
  public void close() {
    Ring open = ring;
    if (open != null) {
      ring = null;
      open.close();
    }
  }
}
