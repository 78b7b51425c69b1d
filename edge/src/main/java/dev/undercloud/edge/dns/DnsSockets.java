package dev.undercloud.edge.dns;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.net.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Binds UDP and TCP of every address on one port, all or none. Blocks; not on an event loop. */
final class DnsSockets {
  /** Connections that the kernel holds until we accept them. */
  private static final int BACKLOG = 256;

  /** Questions of some milliseconds, while the loop does something else. */
  private static final int RECEIVE_BUFFER = 1 << 20;

  /** One system call a turn: a second one would nearly always find nothing. */
  private static final int MESSAGES_A_TURN = 1;

  /** Ports that the kernel chooses for TCP until one is free for UDP, too. */
  private static final int CHOICES = 32;

  private static final int LAST_PORT = 65_535;

  private final DnsConfig config;
  private final EventLoopGroup group;
  private final Map<EventLoop, DnsLoop> loops;

  DnsSockets(DnsConfig config, EventLoopGroup group, Map<EventLoop, DnsLoop> loops) {
    this.config = config;
    this.group = group;
    this.loops = loops;
  }

  /**
   * @throws CloudException where no port is free for all
   */
  List<Channel> bind() {
    List<InetAddress> addresses = config.addresses();
    int first = config.listen().getFirst().getPort();
    int tries = first == 0 ? CHOICES : config.portsTried();
    Throwable last = null;
    for (int i = 0; i < tries && first + i <= LAST_PORT; i++) {
      List<Channel> bound = new ArrayList<>();
      last = bind(addresses, first == 0 ? 0 : first + i, bound);
      if (last == null) {
        return bound;
      }
      bound.forEach(channel -> channel.close().awaitUninterruptibly());
    }
    throw failure(first, last);
  }

  /** UDP before TCP: whoever can connect is answered by both. */
  private @Nullable Throwable bind(List<InetAddress> addresses, int wanted, List<Channel> bound) {
    int port = wanted;
    for (InetAddress address : addresses) {
      Throwable failure = udp(new InetSocketAddress(address, port), bound);
      if (failure != null) {
        return failure;
      }
      port = ((InetSocketAddress) bound.getLast().localAddress()).getPort();
      InetSocketAddress at = new InetSocketAddress(address, port);
      if (!Ports.isFree(at)) {
        return new IOException("address already in use");
      }
      ChannelFuture tcp = tcp().bind(at).awaitUninterruptibly();
      if (!tcp.isSuccess()) {
        return tcp.cause();
      }
      bound.add(tcp.channel());
    }
    return null;
  }

  private ServerBootstrap tcp() {
    return new ServerBootstrap()
        .group(group)
        .channel(config.transport().server())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.ALLOCATOR, Transport.BUFFERS)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 << 10, 64 << 10))
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                accept(channel);
              }
            });
  }

  private void accept(Channel channel) {
    DnsLoop loop = loops.get(channel.eventLoop());
    InetSocketAddress client = (InetSocketAddress) channel.remoteAddress();
    // Gone before we looked, or one too many.
    if (loop == null || client == null || !loop.admit(client.getAddress())) {
      channel.close();
      return;
    }
    channel.pipeline().addLast(new TcpConversation(loop, channel));
  }

  /** One socket a loop; the kernel shares the questions out among them. */
  private @Nullable Throwable udp(InetSocketAddress wanted, List<Channel> bound) {
    InetSocketAddress at = wanted;
    boolean shared = loops.size() > 1;
    if (shared) {
      // With SO_REUSEPORT a stale process could keep a part of the questions: look first.
      try (DatagramSocket probe = new DatagramSocket(null)) {
        probe.bind(at);
      } catch (SocketException taken) {
        return taken;
      }
    }
    for (Map.Entry<EventLoop, DnsLoop> entry : loops.entrySet()) {
      ChannelFuture udp =
          datagrams(entry.getKey(), shared)
              .handler(new UdpQuestions(entry.getValue()))
              .bind(at)
              .awaitUninterruptibly();
      if (!udp.isSuccess()) {
        return udp.cause();
      }
      bound.add(udp.channel());
      at = (InetSocketAddress) udp.channel().localAddress();
      if (config.transport() == Transport.NIO) {
        return null;
      }
    }
    return null;
  }

  private Bootstrap datagrams(EventLoop loop, boolean shared) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
            .option(ChannelOption.MAX_MESSAGES_PER_READ, MESSAGES_A_TURN);
    if (config.transport() == Transport.NIO) {
      return bootstrap
          .channel(NioDatagramChannel.class)
          .option(
              ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(UdpQuestions.LONGEST));
    }
    return bootstrap
        .channel(EpollDatagramChannel.class)
        .option(EpollChannelOption.SO_REUSEPORT, shared)
        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, UdpQuestions.LONGEST)
        .option(
            ChannelOption.RCVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(UdpQuestions.LONGEST * UdpQuestions.BATCH));
  }

  private CloudException failure(int port, @Nullable Throwable cause) {
    String text = cause == null ? "" : String.valueOf(cause.getMessage());
    String where = Ports.text(config.listen().getFirst());
    if (text.contains("ermission denied")) {
      return problem(
          "dns-port-not-allowed",
          where,
          "ports below 1024 need root or CAP_NET_BIND_SERVICE",
          "Choose a port from 1024 on.",
          cause);
    }
    if (text.contains("annot assign")) {
      return problem(
          "dns-address-unknown",
          where,
          "this machine does not have that address",
          "Listen on an address of this machine.",
          cause);
    }
    return problem(
        "dns-port-taken",
        where,
        port == 0 || config.portsTried() > 1
            ? "no port tried is free for both UDP and TCP"
            : "UDP or TCP port " + port + " is already in use",
        "End the process that uses it (often systemd-resolved or dnsmasq), or choose another port.",
        cause);
  }

  private static CloudException problem(
      String code, String where, String why, String remedy, @Nullable Throwable cause) {
    return new CloudException(
        new Problem(code, Problem.Kind.RESOURCE, "Cannot serve DNS", where, why, remedy), cause);
  }
}
