package dev.undercloud.edge.proxy;

import dev.undercloud.edge.net.ProxyHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the PROXY protocol header off a connection of a trusted balancer, before TLS and HTTP. Who
 * sends none, a malformed one, or none in time is cut off. The connection's loop's thread.
 */
final class ProxyProtocol extends ChannelInboundHandlerAdapter {
  /** Whom the header names. */
  private static final AttributeKey<InetAddress> CLIENT =
      AttributeKey.valueOf(ProxyProtocol.class, "client");

  private final Loop loop;
  private final Channel channel;
  private final Consumer<InetAddress> welcome;
  private final InetAddress peer;
  private final ProxyHeader header = new ProxyHeader();
  private final byte[] bytes = new byte[ProxyHeader.MOST_BYTES];
  private final Timed deadline = new Deadline();
  private int length;

  /**
   * @param welcome adds the handlers of a connection of that client
   */
  ProxyProtocol(Loop loop, Channel channel, InetAddress peer, Consumer<InetAddress> welcome) {
    this.loop = loop;
    this.channel = channel;
    this.peer = peer;
    this.welcome = welcome;
  }

  /** The client's address: as a trusted balancer says, else the peer's. */
  static @Nullable InetAddress clientOf(Channel channel) {
    InetAddress named = channel.hasAttr(CLIENT) ? channel.attr(CLIENT).get() : null;
    return named == null && channel.remoteAddress() instanceof InetSocketAddress ip
        ? ip.getAddress()
        : named;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    loop.wheel.set(deadline, loop.nanos() + loop.clientLimits.head().toNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    int before = length;
    int more = Math.min(in.readableBytes(), bytes.length - length);
    in.getBytes(in.readerIndex(), bytes, length, more);
    length += more;
    int end = header.parse(bytes, length);
    if (end == ProxyHeader.MORE && length < bytes.length) {
      in.release();
      return;
    }
    loop.wheel.remove(deadline);
    if (end < 0) {
      in.release();
      loop.log.log(null, null, null, "A balancer's connection began without PROXY header");
      channel.close();
      return;
    }
    in.skipBytes(end - before);
    InetAddress client = header.client();
    if (client != null) {
      channel.attr(CLIENT).set(client);
    }
    welcome.accept(client == null ? peer : client);
    ChannelPipeline rest = ctx.pipeline().remove(this);
    rest.fireChannelActive();
    if (in.isReadable()) {
      rest.fireChannelRead(in);
    } else {
      in.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.wheel.remove(deadline);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    loop.log.ifOurs(cause);
    ctx.close();
  }

  private final class Deadline extends Timed {
    @Override
    void expired(long now) {
      channel.close();
    }
  }
}
