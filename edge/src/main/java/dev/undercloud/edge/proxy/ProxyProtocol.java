package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.net.ClientAddress;
import dev.undercloud.edge.net.ProxyHeader;
import dev.undercloud.edge.rule.Rules;
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
 * sends a malformed one, or nothing in time, is cut off; so is who sends none, unless some app
 * takes connections of that peer without: then its requests are held against what their apps want,
 * see {@link #isTaken}. The connection's loop's thread.
 */
final class ProxyProtocol extends ChannelInboundHandlerAdapter {
  /** Whom the header names, and who sent it. */
  private record Named(InetAddress client, InetAddress balancer) {}

  private static final AttributeKey<Named> NAMED =
      AttributeKey.valueOf(ProxyProtocol.class, "named");

  private final Loop loop;
  private final Channel channel;
  private final Consumer<InetAddress> welcome;
  private final InetAddress peer;
  private final boolean needed;
  private final ProxyHeader header = new ProxyHeader();
  private final byte[] bytes = new byte[ProxyHeader.MOST_BYTES];
  private final Timed deadline = new Deadline();
  private int length;

  /**
   * @param needed whether nothing else may begin the connection
   * @param welcome adds the handlers of a connection of that client
   */
  ProxyProtocol(
      Loop loop, Channel channel, InetAddress peer, boolean needed, Consumer<InetAddress> welcome) {
    this.needed = needed;
    this.loop = loop;
    this.channel = channel;
    this.peer = peer;
    this.welcome = welcome;
  }

  /** The client's address: as a trusted balancer says, else the peer's. */
  static @Nullable InetAddress clientOf(Channel channel) {
    Named named = channel.hasAttr(NAMED) ? channel.attr(NAMED).get() : null;
    if (named != null) {
      return named.client();
    }
    return channel.remoteAddress() instanceof InetSocketAddress ip ? ip.getAddress() : null;
  }

  /** Who sent the header that the connection began with; null where it began with none. */
  static @Nullable InetAddress balancerOf(Channel channel) {
    Named named = channel.hasAttr(NAMED) ? channel.attr(NAMED).get() : null;
    return named == null ? null : named.balancer();
  }

  /** Whether the connection began as the app wants it of that peer: with a header, or without. */
  static boolean isTaken(ClientSide side, @Nullable Rules rules) {
    ClientAddress balancer = side.balancer;
    ClientAddress peer = balancer == null ? side.address : balancer;
    boolean wanted = rules != null && rules.wantsProxyHeader(peer);
    return wanted == (balancer != null);
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
    if (end == ProxyHeader.INVALID && !needed && !ProxyHeader.isBegun(bytes, length)) {
      without(ctx, in, before);
      return;
    }
    if (end < 0) {
      in.release();
      loop.log.log(null, null, null, "A balancer's connection began without PROXY header");
      channel.close();
      return;
    }
    in.skipBytes(end - before);
    InetAddress named = header.client();
    InetAddress client = named == null ? peer : named;
    channel.attr(NAMED).set(new Named(client, peer));
    pass(ctx, client, in);
  }

  /** It begins with what HTTP or TLS begin with: {@code in}, behind the first bytes held back. */
  private void without(ChannelHandlerContext ctx, ByteBuf in, int before) {
    ByteBuf all = in;
    if (before > 0) {
      all = loop.alloc().directBuffer(before + in.readableBytes());
      all.writeBytes(bytes, 0, before).writeBytes(in);
      in.release();
    }
    pass(ctx, peer, all);
  }

  private void pass(ChannelHandlerContext ctx, InetAddress client, ByteBuf in) {
    welcome.accept(client);
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
