package dev.undercloud.edge.proxy;

import dev.undercloud.edge.net.Transport;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A few buffers that go round: what is written small is with the kernel before its turn comes
 * again, and then it is free. Its loop's thread only.
 */
final class Scratch {
  private final ByteBuf[] buffers;
  private final int bytes;
  private int next;
  private boolean closed;

  /**
   * @param count a power of two
   * @param bytes of each
   */
  Scratch(int count, int bytes) {
    this.bytes = bytes;
    buffers = new ByteBuf[count];
    Arrays.setAll(buffers, i -> Transport.BUFFERS.directBuffer(bytes));
  }

  /** An empty buffer with room for {@code most}, with a reference for the caller. */
  ByteBuf take(int most) {
    next = next + 1 & buffers.length - 1;
    ByteBuf buffer = buffers[next];
    return most > bytes || closed || buffer.refCnt() != 1
        ? Transport.BUFFERS.directBuffer(most)
        : buffer.clear().retain();
  }

  void close() {
    if (!closed) {
      closed = true;
      for (ByteBuf buffer : buffers) {
        buffer.release();
      }
    }
  }
}
