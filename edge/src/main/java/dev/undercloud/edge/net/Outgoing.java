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

  /** Has tried to send {@link #first} among others; null where nobody has. */
  private @Nullable Sends sends;

  private int number;

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
    settle();
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
    settle();
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

  /**
   * Adds what waits for {@link #flush} to {@code together}, where it can be sent that way; flush
   * then finds out how much was.
   */
  public void offer(Sends together) {
    ByteBuf bytes = first;
    int descriptor = descriptor();
    if (bytes != null && descriptor >= 0 && sends == null) {
      number = together.add(descriptor, address(bytes), bytes.readableBytes());
      sends = number < 0 ? null : together;
    }
  }

  /** Takes note of what was sent together with others. */
  private void settle() {
    Sends by = sends;
    ByteBuf bytes = first;
    if (by != null && bytes != null) {
      sends = null;
      took(bytes, by.result(number));
    }
  }

  public void flush() {
    settle();
    ByteBuf bytes = first;
    if (bytes != null) {
      int descriptor = descriptor();
      if (descriptor >= 0) {
        took(bytes, SystemCalls.send(descriptor, address(bytes), bytes.readableBytes()));
      }
      hand();
    }
    if (unflushed) {
      unflushed = false;
      channel.flush();
    }
  }

  private static long address(ByteBuf bytes) {
    return bytes.memoryAddress() + bytes.readerIndex();
  }

  /** The socket, where nothing waits in the channel; negative where something does. */
  private int descriptor() {
    Descriptor to = socket;
    ChannelOutboundBuffer before = channel.unsafe().outboundBuffer();
    return to == null || before == null || !before.isEmpty() ? -1 : to.number();
  }

  /** The kernel has taken {@code sent} of {@code bytes}, which are {@link #first}. */
  private void took(ByteBuf bytes, int sent) {
    if (sent == bytes.readableBytes()) {
      first = null;
      bytes.release();
    } else if (sent > 0) {
      bytes.skipBytes(sent);
    }
  }

  /** Bytes that the channel has not been given. */
  public int heldBytes() {
    settle();
    ByteBuf bytes = first;
    return bytes == null ? 0 : bytes.readableBytes();
  }

  /** The channel is closed: what was not flushed never will be. */
  public void drop() {
    ByteBuf bytes = first;
    sends = null;
    if (bytes != null) {
      first = null;
      bytes.release();
    }
  }
}
