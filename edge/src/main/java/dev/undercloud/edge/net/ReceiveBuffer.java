package dev.undercloud.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * One buffer that every connection of an event loop reads into: what is read is nearly always dealt
 * with before the next read. Where somebody still refers to it, that buffer is theirs and the loop
 * takes a new one; so whoever keeps a few bytes should copy them. Its loop's thread only.
 */
public final class ReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** A read takes at most so much: more gains nothing, and a socket rarely has more. */
  public static final int BYTES = 64 << 10;

  private static final RecvByteBufAllocator UNSHARED = new Unshared();

  private ByteBuf buffer = Transport.BUFFERS.directBuffer(BYTES);

  public ReceiveBuffer() {
    // Edge-triggered reads go on until the socket is empty; connections take turns by themselves.
    super(Integer.MAX_VALUE);
  }

  @Override
  @SuppressWarnings("deprecation") // its own contract
  public RecvByteBufAllocator.Handle newHandle() {
    return new Shared();
  }

  /** Empty, with a reference for whoever is given it. */
  ByteBuf take() {
    if (buffer.refCnt() != 1) {
      buffer.release();
      buffer = Transport.BUFFERS.directBuffer(BYTES);
    }
    return buffer.clear().retain();
  }

  /** For connections whose handler keeps what it is given: a buffer for each read. */
  public static RecvByteBufAllocator unshared() {
    return UNSHARED;
  }

  /** The loop ends. */
  public void release() {
    buffer.release();
  }

  private final class Shared extends MaxMessageHandle {
    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      return take();
    }

    @Override
    public int guess() {
      return BYTES;
    }
  }

  /** One TLS record fits in. */
  private static final class Unshared extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int RECORD_BYTES = 17 << 10;

    Unshared() {
      super(Integer.MAX_VALUE);
    }

    @Override
    @SuppressWarnings("deprecation") // its own contract
    public RecvByteBufAllocator.Handle newHandle() {
      return new MaxMessageHandle() {
        @Override
        public int guess() {
          return RECORD_BYTES;
        }
      };
    }
  }
}
