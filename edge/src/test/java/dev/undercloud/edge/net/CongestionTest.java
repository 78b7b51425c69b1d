package dev.undercloud.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel says of real sockets. */
@Timeout(30)
class CongestionTest {
  private static final int NAME_BYTES = 16;
  private static final ChannelOption<ByteBuffer> NAME =
      new RawUnixChannelOption("TCP_CONGESTION_NAME", 6, 13, NAME_BYTES);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, Transport.EPOLL.handlers());
  private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

  @AfterEach
  void end() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private InetSocketAddress listen(InetAddress address) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(Transport.EPOLL.server())
            .childHandler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public boolean isSharable() {
                    return true;
                  }

                  @Override
                  public void channelActive(ChannelHandlerContext ctx) {
                    accepted.add(ctx.channel());
                  }
                });
    Channel listener =
        Listeners.bind(bootstrap, List.of(new InetSocketAddress(address, 0))).getFirst();
    return (InetSocketAddress) listener.localAddress();
  }

  private static String algorithm(Channel channel) {
    ByteBuffer name = channel.config().getOption(NAME);
    return StandardCharsets.US_ASCII.decode(name).toString().replace("\0", "");
  }

  @Test
  void connectionsOfAListenerOnLoopbackAreNotPaced() throws Exception {
    InetSocketAddress address = listen(InetAddress.getLoopbackAddress());
    try (Socket client = new Socket(address.getAddress(), address.getPort())) {
      assertThat(client.isConnected()).isTrue();
      assertThat(algorithm(accepted.take())).isEqualTo("reno");
    }
  }

  @Test
  void connectionsFromAnywhereKeepWhatTheSystemSays() throws Exception {
    InetSocketAddress address = listen(InetAddress.getByAddress(new byte[4]));
    Path system = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
      assertThat(client.isConnected()).isTrue();
      assertThat(algorithm(accepted.take())).isEqualTo(Files.readString(system).strip());
    }
  }

  @Test
  void connectionsToReplicasOnLoopbackAreNotPaced() throws Exception {
    InetSocketAddress address = listen(InetAddress.getByAddress(new byte[4]));
    InetSocketAddress replica =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort());
    Channel dialed =
        Transport.dial(
                Transport.EPOLL.dialer(group.next(), false),
                replica,
                new ChannelInboundHandlerAdapter())
            .syncUninterruptibly()
            .channel();
    assertThat(algorithm(dialed)).isEqualTo("reno");
  }
}
