package dev.undercloud.edge.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** What both sides do with their channels. */
final class Channels {
  private Channels() {}

  /** Whether everything written and flushed has gone to the kernel. */
  static boolean isDrained(Channel channel) {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending == null || pending.isEmpty();
  }

  static long pendingBytes(Channel channel) {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending == null ? 0 : pending.totalPendingWriteBytes();
  }

  /** Tells once everything written so far has gone to the kernel, or never can. */
  static void whenDrained(Channel channel, ChannelFutureListener then) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(then);
  }

  /** Sends FIN, with TLS after its own farewell; what was written before must have drained. */
  static void shutdownOutput(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutdownSocket(channel);
    } else {
      tls.closeOutbound().addListener(said -> shutdownSocket(channel));
    }
  }

  private static void shutdownSocket(Channel channel) {
    if (channel instanceof DuplexChannel duplex
        && channel.isActive()
        && !duplex.isOutputShutdown()) {
      duplex.shutdownOutput();
    }
  }

  /**
   * Ends the connection so that the client can tell: no farewell of TLS, a reset instead of FIN.
   */
  static void cut(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.unsafe().close(channel.newPromise());
  }

  static void setReading(Channel channel, boolean reading) {
    if (channel.config().isAutoRead() != reading) {
      channel.config().setAutoRead(reading);
    }
  }
}
