package dev.undercloud.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets on both sides, on an event loop of its own. */
@Timeout(30)
class PipeTest {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private ServerSocket server;
  private Channel from;
  private Channel to;
  private Socket sender;
  private Socket receiver;

  @BeforeEach
  void connect() throws Exception {
    server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
    from = dial();
    sender = server.accept();
    to = dial();
    receiver = server.accept();
  }

  private Channel dial() {
    return new Bootstrap()
        .group(group)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(server.getLocalSocketAddress())
        .syncUninterruptibly()
        .channel();
  }

  @AfterEach
  void end() throws Exception {
    sender.close();
    receiver.close();
    server.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
  }

  private long move(long most) throws Exception {
    return group
        .submit(() -> {
          Pipe pipe = new Pipe();
          try {
            return pipe.move(Descriptor.of(from), Descriptor.of(to), most);
          } finally {
            pipe.close();
          }
        })
        .get();
  }

  @Test
  void movesWhatIsThereAndNoMoreThanAsked() throws Exception {
    sender.getOutputStream().write("hello, world".getBytes());
    long moved = 0;
    while (moved < 5) {
      moved += move(5 - moved);
    }
    assertThat(moved).isEqualTo(5);
    assertThat(new String(receiver.getInputStream().readNBytes(5))).isEqualTo("hello");
    assertThat(move(100)).isEqualTo(7);
    assertThat(move(100)).as("nothing is there").isZero();
    assertThat(new String(receiver.getInputStream().readNBytes(7))).isEqualTo(", world");
  }

  @Test
  void whatIsNotTakenWaitsInTheChannel() throws Exception {
    byte[] sent = new byte[16 << 20];
    new Random(1).nextBytes(sent);
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                sender.getOutputStream().write(sent);
              } catch (IOException e) {
                // Closed once the test has seen enough.
              }
            });
    long moved = 0;
    while (to.unsafe().outboundBuffer().isEmpty()) {
      moved += move(Long.MAX_VALUE);
    }
    // The receiver has read nothing: one piece is with the channel, in its order.
    byte[] got = receiver.getInputStream().readNBytes((int) moved);
    assertThat(got).isEqualTo(Arrays.copyOf(sent, (int) moved));
    sender.close();
    writer.join();
  }

  @Test
  void aClosedChannelGivesAndTakesNothing() throws Exception {
    sender.getOutputStream().write(new byte[10]);
    to.close().sync();
    assertThat(move(10)).isBetween(0L, 10L);
    from.close().sync();
    assertThat(move(10)).isZero();
  }
}
