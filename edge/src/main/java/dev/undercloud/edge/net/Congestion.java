package dev.undercloud.edge.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Congestion control of connections that never leave this machine: Reno, which every Linux has and
 * allows to everybody. There is nothing to control on loopback, and algorithms that pace, as BBR
 * does where an administrator has chosen it, arm a timer for nearly every packet: half of the
 * processor time of a long body. Connections from elsewhere keep what the system says (tcp(7)).
 */
final class Congestion {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_CONGESTION = 13;
  private static final byte[] RENO = "reno".getBytes(StandardCharsets.US_ASCII);
  private static final ChannelOption<ByteBuffer> OPTION =
      new RawUnixChannelOption("TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, RENO.length);

  private Congestion() {}

  /** Every connection that {@code listener} accepts has the listener's. */
  static void spareAccepted(Channel listener) {
    if (listener instanceof EpollServerSocketChannel && isLoopback(listener.localAddress())) {
      spare(listener);
    }
  }

  static void spareDialed(Channel channel, SocketAddress to) {
    if (channel instanceof EpollSocketChannel && isLoopback(to)) {
      spare(channel);
    }
  }

  private static boolean isLoopback(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        && !inet.isUnresolved()
        && inet.getAddress().isLoopbackAddress();
  }

  private static void spare(Channel channel) {
    try {
      channel.config().setOption(OPTION, ByteBuffer.wrap(RENO));
    } catch (ChannelException e) {
      // Closed already, or a kernel without a choice: the system's own algorithm serves as well.
    }
  }
}
