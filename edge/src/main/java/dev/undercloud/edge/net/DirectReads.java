package dev.undercloud.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * Reads a stream socket for the {@link Receiver} of its channel when epoll says that there is
 * something, and nothing else. Whatever else an event or a read tells is left to the channel, which
 * looks for itself: a read that fails or ends here does so there again. For edge-triggered epoll.
 */
final class DirectReads implements EpollIoHandle {
  private static final int IN = EpollIoOps.EPOLLIN.value();

  private final EpollIoHandle netty;
  private final Channel channel;

  private DirectReads(EpollIoHandle netty, Channel channel) {
    this.netty = netty;
    this.channel = channel;
  }

  /** What to register in place of {@code handle}. */
  static IoHandle of(IoHandle handle) {
    // The one public way from a handle to its channel.
    return handle instanceof EpollIoHandle netty
            && handle instanceof Channel.Unsafe unsafe
            && unsafe.voidPromise().channel() instanceof AbstractEpollStreamChannel channel
        ? new DirectReads(netty, channel)
        : handle;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    if (!Direct.isReady() || ((EpollIoEvent) event).ops().value() != IN || !read()) {
      netty.handle(registration, event);
    }
  }

  /** Whether that was all there is to do. */
  private boolean read() {
    ChannelPipeline pipeline = channel.pipeline();
    if (!(pipeline.first() instanceof Receiver receiver)
        || pipeline.last() != (ChannelHandler) receiver
        || !(channel.config().getRecvByteBufAllocator() instanceof ReceiveBuffer buffers)
        || !isReading()) {
      return false;
    }
    int got;
    do {
      ByteBuf in = buffers.take();
      got = SystemCalls.receive(fd().intValue(), in.memoryAddress(), ReceiveBuffer.BYTES);
      if (got <= 0) {
        in.release();
        return false;
      }
      try {
        receiver.received(in.writerIndex(got));
      } catch (Throwable e) {
        pipeline.fireExceptionCaught(e);
      }
      // Less than was asked for: the socket is empty, and epoll tells of what comes.
    } while (got == ReceiveBuffer.BYTES && pipeline.first() == receiver && isReading());
    if (pipeline.first() != receiver) {
      // Another handler has taken over: the rest, and that this was all, is the channel's to tell.
      return false;
    }
    receiver.receivedAll();
    return true;
  }

  /** Its handler may pause or close it whenever it is called. */
  private boolean isReading() {
    return channel.isActive() && channel.config().isAutoRead();
  }

  @Override
  public FileDescriptor fd() {
    return netty.fd();
  }

  @Override
  public void registered() {
    netty.registered();
  }

  @Override
  public void unregistered() {
    netty.unregistered();
  }

  @Override
  public void close() throws Exception {
    netty.close();
  }
}
