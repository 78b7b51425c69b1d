package dev.undercloud.edge.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** What a client's connection does with its channel, apart from what its protocol decides. */
abstract class ClientConnection extends ChannelInboundHandlerAdapter implements Downstream {
  final Loop loop;
  final Channel channel;
  final ResponseWriter writer;

  ClientConnection(Loop loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
    writer = new ResponseWriter(loop, channel);
  }

  @Override
  public final void head(ByteBuf in, int length) {
    writer.head(in, length);
  }

  @Override
  public final void flush() {
    writer.flush();
  }

  @Override
  public final boolean isWritable() {
    return channel.isWritable() && writer.isModest();
  }

  @Override
  public final boolean reading() {
    return channel.config().isAutoRead();
  }

  @Override
  public final long sentBytes() {
    return writer.sentBytes();
  }

  @Override
  public final long pendingBytes() {
    return writer.pendingBytes();
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    loop.log.ifOurs(cause);
    ctx.close();
  }

  /** Ends it at once, whatever it is doing. */
  public final void kill() {
    channel.close();
  }
}
