package dev.undercloud.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * What is written to a channel by one handler that knows its socket. A single buffer between two
 * flushes, which is what nearly every request and response is, goes from here to the kernel;
 * several buffers, what the kernel does not take at once, and failures go through the channel. Its
 * event loop only.
 */
public final class Outgoing {
  private final Channel channel;
  private final @Nullable Descriptor socket;

  /** Waits for a flush, before everything that the channel has been given. */
  private @Nullable ByteBuf first;

  private boolean unflushed;

  /**
   * @param socket null where all must pass the channel
   */
  public Outgoing(Channel channel, @Nullable Descriptor socket) {
    this.channel = channel;
    this.socket = socket;
  }

  /** For what is not a buffer: takes the reference of {@code part}. */
  public ChannelFuture write(FileRegion part) {
    hand();
    unflushed = true;
    return channel.write(part);
  }

  /** Takes the reference of {@code bytes}. */
  public void write(ByteBuf bytes) {
    if (first == null
        && !unflushed
        && socket != null
        && socket.number() >= 0
        && Direct.isReady()
        && bytes.hasMemoryAddress()) {
      first = bytes;
    } else {
      hand();
      hand(bytes);
    }
  }

  private void hand() {
    ByteBuf bytes = first;
    if (bytes != null) {
      first = null;
      hand(bytes);
    }
  }

  private void hand(ByteBuf bytes) {
    unflushed = true;
    channel.write(bytes, channel.voidPromise());
  }

  public void flush() {
    ByteBuf bytes = first;
    if (bytes != null) {
      if (isSent(bytes)) {
        first = null;
        bytes.release();
        return;
      }
      hand();
    }
    if (unflushed) {
      unflushed = false;
      channel.flush();
    }
  }

  /** Whether the kernel has taken all of {@code bytes}; what it has taken is skipped. */
  private boolean isSent(ByteBuf bytes) {
    Descriptor to = socket;
    ChannelOutboundBuffer before = channel.unsafe().outboundBuffer();
    if (to == null || before == null || !before.isEmpty()) {
      return false;
    }
    int descriptor = to.number();
    if (descriptor < 0) {
      return false;
    }
    int length = bytes.readableBytes();
    long address = bytes.memoryAddress() + bytes.readerIndex();
    int sent = SocketCalls.send(descriptor, address, length);
    if (sent > 0) {
      bytes.skipBytes(sent);
    }
    return sent == length;
  }

  /** Bytes that the channel has not been given. */
  public int heldBytes() {
    ByteBuf bytes = first;
    return bytes == null ? 0 : bytes.readableBytes();
  }

  /** The channel is closed: what was not flushed never will be. */
  public void drop() {
    ByteBuf bytes = first;
    if (bytes != null) {
      first = null;
      bytes.release();
    }
  }
}
