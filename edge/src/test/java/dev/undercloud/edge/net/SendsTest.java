package dev.undercloud.edge.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several real sockets are sent to by one call, and each is told what became of its own. */
@Timeout(30)
class SendsTest {
  private static final int MANY = 4 << 20;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, Transport.EPOLL.handlers());
  private final EventLoop loop = (EventLoop) group.iterator().next();
  private final List<Side> sides = new ArrayList<>();
  private final Sends sends = new Sends();
  private ServerSocket server;

  /** One connection: what is sent to it, and who reads there. */
  private record Side(Channel channel, Outgoing out, Socket peer) {
    byte[] read(int count) throws IOException {
      return peer.getInputStream().readNBytes(count);
    }
  }

  /** Something to be done on the loop. */
  private interface Task {
    void run() throws Exception;
  }

  @BeforeEach
  void open() throws Exception {
    Direct.prepare();
    assertThat(Direct.isReady()).isTrue();
    server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
    onLoop(() -> assumeTrue(sends.isWorthwhile(100), "the kernel has no rings for us"));
  }

  @AfterEach
  void end() throws Exception {
    onLoop(sends::close);
    for (Side side : sides) {
      side.peer.close();
      side.channel.close().sync();
    }
    server.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
  }

  private Side connect() throws Exception {
    Channel channel =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(server.getLocalSocketAddress())
            .sync()
            .channel();
    Side side = new Side(channel, new Outgoing(channel, Descriptor.of(channel)), server.accept());
    sides.add(side);
    return side;
  }

  private void onLoop(Task task) throws Exception {
    loop.submit(
            () -> {
              task.run();
              return null;
            })
        .get();
  }

  private static byte[] random(int seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static ByteBuf buffer(byte[] bytes) {
    return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
  }

  @Test
  void allIsSentByOneCall() throws Exception {
    for (int round = 0; round < 100; round++) {
      List<ByteBuf> sent = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        Side side = round == 0 ? connect() : sides.get(i);
        sent.add(buffer(random(100 * round + i, 100 + i)));
        onLoop(() -> side.out.write(sent.getLast()));
      }
      onLoop(() -> {
        sides.forEach(side -> side.out.offer(sends));
        sends.submit();
        assertThat(sides).allSatisfy(side -> assertThat(side.out.heldBytes()).isZero());
        sides.forEach(side -> side.out.flush());
      });
      assertThat(sent).allSatisfy(bytes -> assertThat(bytes.refCnt()).isZero());
      for (int i = 0; i < 7; i++) {
        assertThat(sides.get(i).read(100 + i)).isEqualTo(random(100 * round + i, 100 + i));
      }
    }
  }

  @Test
  void whoIsGoneOrFullDoesNotKeepOthersFromTheirs() throws Exception {
    Side gone = connect();
    Side full = connect();
    Side fine = connect();
    gone.peer.setSoLinger(true, 0);
    gone.peer.close();
    gone.channel.closeFuture().await(100);
    byte[] large = random(1, MANY);
    onLoop(() -> {
      for (Side side : List.of(gone, full, fine)) {
        side.out.write(buffer(large));
        side.out.offer(sends);
      }
      sends.submit();
      assertThat(full.out.heldBytes()).isBetween(1, MANY - 1);
      for (Side side : List.of(gone, full, fine)) {
        side.out.flush();
      }
    });
    assertThat(fine.read(MANY)).isEqualTo(large);
    assertThat(full.read(MANY)).isEqualTo(large);
    gone.channel.closeFuture().sync();
  }

  @Test
  void whatIsWrittenBeforeTheFlushComesBehind() throws Exception {
    Side side = connect();
    byte[] large = random(1, MANY);
    byte[] small = random(2, 100);
    onLoop(() -> {
      side.out.write(buffer(small));
      side.out.offer(sends);
      sends.submit();
      side.out.write(buffer(large));
      side.out.offer(sends);
      sends.submit();
      side.out.write(buffer(small));
      side.out.offer(sends);
      sends.submit();
      side.out.flush();
    });
    assertThat(side.read(100)).isEqualTo(small);
    assertThat(side.read(MANY)).isEqualTo(large);
    assertThat(side.read(100)).isEqualTo(small);
  }

  @Test
  void whatTheChannelHoldsGoesFirst() throws Exception {
    Side side = connect();
    byte[] large = random(1, MANY);
    onLoop(() -> {
      side.out.write(buffer(large));
      side.out.flush();
      side.out.write(buffer(large));
      side.out.offer(sends);
      sends.submit();
      side.out.flush();
    });
    assertThat(side.read(MANY)).isEqualTo(large);
    assertThat(side.read(MANY)).isEqualTo(large);
  }

  @Test
  void whoClosesBeforeTheFlushHasSentAllTheSame() throws Exception {
    Side side = connect();
    ByteBuf bytes = buffer(random(1, 100));
    onLoop(() -> {
      side.out.write(bytes);
      side.out.offer(sends);
      sends.submit();
      side.channel.close();
      side.out.drop();
      side.out.flush();
    });
    assertThat(bytes.refCnt()).isZero();
    assertThat(side.read(200)).isEqualTo(random(1, 100));
  }

  @Test
  void whatHasNoRoomIsSentByItself() throws Exception {
    Side side = connect();
    Side last = connect();
    ByteBuf bytes = buffer(random(1, 1));
    onLoop(() -> {
      int socket = Descriptor.of(side.channel).number();
      int added = 0;
      while (sends.add(socket, bytes.memoryAddress(), 1) >= 0) {
        added++;
      }
      assertThat(added).isEqualTo(128);
      last.out.write(buffer(random(2, 100)));
      last.out.offer(sends);
      sends.submit();
      assertThat(last.out.heldBytes()).isEqualTo(100);
      last.out.flush();
    });
    assertThat(last.read(100)).isEqualTo(random(2, 100));
    assertThat(side.read(128)).containsOnly(random(1, 1)[0]);
    bytes.release();
  }

  @Test
  void withoutARingEachIsSentByItself() throws Exception {
    Side side = connect();
    onLoop(() -> {
      sends.close();
      assertThat(sends.isWorthwhile(100)).isFalse();
      side.out.write(buffer(random(1, 100)));
      side.out.offer(sends);
      sends.submit();
      side.out.flush();
    });
    assertThat(side.read(100)).isEqualTo(random(1, 100));
  }

  @Test
  void fewAreNotWorthIt() throws Exception {
    onLoop(() -> assertThat(sends.isWorthwhile(3)).isFalse());
  }
}
