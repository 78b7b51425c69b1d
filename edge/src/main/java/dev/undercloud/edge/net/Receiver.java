package dev.undercloud.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandler;

/**
 * A handler that may be given what comes from its socket directly, where it is the only one of its
 * channel and that channel reads into a {@link ReceiveBuffer}. Its event loop only.
 */
public interface Receiver extends ChannelInboundHandler {
  /** As {@code channelRead}: takes the reference of {@code in}. */
  void received(ByteBuf in);

  /** As {@code channelReadComplete}. */
  void receivedAll();
}
