package dev.undercloud.edge.net;

import dev.undercloud.core.route.Address;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** How this machine moves bytes: epoll where its native part loads, else the JDK's own selector. */
public enum Transport {
  EPOLL,
  NIO;

  /** Measured some 5 % of CPU per request better here than Netty's adaptive default. */
  public static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

  /** The fastest one that works here. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  public IoHandlerFactory handlers() {
    return this == EPOLL
        ? AddedInterest.edgeTriggered(EpollIoHandler.newFactory())
        : NioIoHandler.newFactory();
  }

  public Class<? extends ServerChannel> server() {
    return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** What a dial goes to: made once per replica, not per connection. */
  public SocketAddress resolve(Address address) {
    return switch (address) {
      case Address.Tcp(String host, int port) -> new InetSocketAddress(host, port);
      case Address.Unix(var path) ->
          this == EPOLL ? new DomainSocketAddress(path.toFile()) : UnixDomainSocketAddress.of(path);
    };
  }

  /** A bootstrap for connections to replicas of one kind of address, bound to one loop. */
  public Bootstrap dialer(EventLoop loop, boolean unix) {
    Bootstrap bootstrap = new Bootstrap().group(loop).channel(client(unix)).disableResolver();
    if (!unix) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }
    bootstrap.option(ChannelOption.ALLOCATOR, BUFFERS);
    // The exchange's own deadline ends a dial: no scheduled task per connection.
    bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
    // A replica may answer and close while we still write: its answer must stay readable.
    return bootstrap.option(ChannelOption.AUTO_CLOSE, false);
  }

  /** Dials {@code address} for {@code handler}, which gets all that comes from there. */
  public static ChannelFuture dial(
      Bootstrap dialer, SocketAddress address, ChannelHandler handler) {
    ChannelFuture dialing = dialer.clone().handler(handler).connect(address);
    Congestion.spareDialed(dialing.channel(), address);
    return dialing;
  }

  private Class<? extends Channel> client(boolean unix) {
    if (this == EPOLL) {
      return unix ? EpollDomainSocketChannel.class : EpollSocketChannel.class;
    }
    return unix ? NioDomainSocketChannel.class : NioSocketChannel.class;
  }
}
