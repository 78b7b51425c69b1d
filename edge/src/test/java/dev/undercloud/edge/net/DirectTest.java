package dev.undercloud.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads and writes past Netty, of real sockets, and where Netty takes over. */
@Timeout(30)
class DirectTest {
  private static final int MANY = 4 << 20;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, Transport.EPOLL.handlers());
  private final Recorder recorder = new Recorder();
  private ServerSocket server;
  private ReceiveBuffer buffers;
  private Channel channel;
  private Socket peer;

  /** Keeps all it is given, and which way it came. */
  private static class Recorder extends ChannelInboundHandlerAdapter implements Receiver {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    volatile int size;
    volatile int direct;
    volatile int byNetty;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      byNetty++;
      take((ByteBuf) message);
    }

    @Override
    public void received(ByteBuf in) {
      direct++;
      take(in);
    }

    void take(ByteBuf in) {
      byte[] copy = new byte[in.readableBytes()];
      in.readBytes(copy);
      in.release();
      bytes.writeBytes(copy);
      size = bytes.size();
    }

    @Override
    public void receivedAll() {
      events.add("all");
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      events.add("all");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      events.add("inactive");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add(cause.getMessage());
    }

    void awaitBytes(int count) throws InterruptedException {
      while (size < count) {
        Thread.sleep(1);
      }
    }
  }

  @BeforeAll
  static void prepare() {
    Direct.prepare();
    assertThat(Direct.isReady()).isTrue();
  }

  @BeforeEach
  void listen() throws Exception {
    server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
    buffers = new ReceiveBuffer();
  }

  private void connect(ChannelInboundHandlerAdapter... handlers) throws Exception {
    channel =
        new Bootstrap()
            .group(group)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.RCVBUF_ALLOCATOR, buffers)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline().addLast(handlers);
                  }
                })
            .connect(server.getLocalSocketAddress())
            .sync()
            .channel();
    peer = server.accept();
  }

  @AfterEach
  void end() throws Exception {
    peer.close();
    channel.close().sync();
    server.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    buffers.release();
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return channel.eventLoop().submit(task).get();
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @Test
  void theOnlyHandlerIsGivenWhatComesDirectly() throws Exception {
    connect(recorder);
    byte[] sent = random(MANY);
    peer.getOutputStream().write(sent);
    recorder.awaitBytes(MANY);
    assertThat(recorder.bytes.toByteArray()).isEqualTo(sent);
    assertThat(recorder.direct).isPositive();
    assertThat(recorder.events.take()).isEqualTo("all");
  }

  @Test
  void whereAnotherHandlerIsInFrontNothingPassesIt() throws Exception {
    connect(new ChannelInboundHandlerAdapter(), recorder);
    peer.getOutputStream().write(random(100));
    recorder.awaitBytes(100);
    assertThat(recorder.byNetty).isEqualTo(1);
    assertThat(recorder.direct).isZero();
  }

  @Test
  void theEndIsToldByTheChannel() throws Exception {
    connect(recorder);
    peer.getOutputStream().write(random(100));
    peer.close();
    List<String> told = new ArrayList<>();
    do {
      told.add(recorder.events.take());
    } while (!told.getLast().equals("inactive"));
    assertThat(recorder.size).isEqualTo(100);
    assertThat(told).contains("all");
    assertThat(recorder.events).isEmpty();
  }

  @Test
  void whoPausesGetsNoMoreUntilItGoesOn() throws Exception {
    Recorder pausing =
        new Recorder() {
          @Override
          void take(ByteBuf in) {
            channel.config().setAutoRead(false);
            super.take(in);
          }
        };
    connect(pausing);
    byte[] sent = random(MANY);
    var unused =
        Executors.newVirtualThreadPerTaskExecutor()
            .submit(() -> {
              peer.getOutputStream().write(sent);
              return null;
            });
    int before = 0;
    while (before < MANY) {
      pausing.awaitBytes(before + 1);
      int now = onLoop(() -> pausing.size);
      assertThat(now - before).isLessThanOrEqualTo(ReceiveBuffer.BYTES);
      before = now;
      channel.config().setAutoRead(true);
    }
    assertThat(pausing.bytes.toByteArray()).isEqualTo(sent);
    assertThat(pausing.direct).isPositive();
  }

  @Test
  void whoTakesOverGetsTheRest() throws Exception {
    Recorder first =
        new Recorder() {
          @Override
          void take(ByteBuf in) {
            super.take(in);
            channel.pipeline().replace(this, null, recorder);
          }
        };
    connect(first);
    byte[] sent = random(MANY);
    peer.getOutputStream().write(sent);
    while (first.size + recorder.size < MANY) {
      Thread.sleep(1);
    }
    byte[] got =
        onLoop(() -> {
          first.bytes.writeBytes(recorder.bytes.toByteArray());
          return first.bytes.toByteArray();
        });
    assertThat(got).isEqualTo(sent);
    assertThat(first.direct).isEqualTo(1);
  }

  @Test
  void whatAHandlerThrowsItIsTold() throws Exception {
    connect(
        new Recorder() {
          @Override
          void take(ByteBuf in) {
            in.release();
            throw new IllegalStateException("of its own");
          }

          @Override
          public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            recorder.events.add(cause.getMessage());
          }
        });
    peer.getOutputStream().write(1);
    assertThat(recorder.events.take()).isEqualTo("of its own");
  }

  @Test
  void whoClosesIsGivenNoMore() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Recorder closing =
        new Recorder() {
          @Override
          void take(ByteBuf in) {
            super.take(in);
            channel.close();
            closed.countDown();
          }
        };
    connect(closing);
    onLoop(() -> channel.config().setAutoRead(false));
    peer.getOutputStream().write(random(3 * ReceiveBuffer.BYTES));
    channel.config().setAutoRead(true);
    closed.await();
    channel.closeFuture().sync();
    assertThat(closing.size).isLessThanOrEqualTo(ReceiveBuffer.BYTES);
    assertThat(closing.direct + closing.byNetty).isEqualTo(1);
  }

  @Test
  void oneBufferGoesToTheKernelAtOnce() throws Exception {
    connect(recorder);
    ByteBuf bytes = Unpooled.directBuffer().writeBytes(random(1000));
    onLoop(() -> {
      Outgoing out = new Outgoing(channel, Descriptor.of(channel));
      out.write(bytes);
      assertThat(out.heldBytes()).isEqualTo(1000);
      assertThat(channel.unsafe().outboundBuffer().isEmpty()).isTrue();
      out.flush();
      assertThat(out.heldBytes()).isZero();
      return null;
    });
    assertThat(bytes.refCnt()).isZero();
    assertThat(peer.getInputStream().readNBytes(1000)).isEqualTo(random(1000));
  }

  @Test
  void whatIsMoreThanTheKernelTakesKeepsItsOrder() throws Exception {
    connect(recorder);
    byte[] sent = random(2 * MANY);
    onLoop(() -> {
      Outgoing out = new Outgoing(channel, Descriptor.of(channel));
      out.write(Unpooled.directBuffer().writeBytes(sent, 0, MANY));
      out.flush();
      assertThat(channel.unsafe().outboundBuffer().isEmpty()).as("all taken").isFalse();
      for (int at = MANY; at < 2 * MANY; at += MANY / 4) {
        out.write(Unpooled.directBuffer().writeBytes(sent, at, MANY / 4));
      }
      out.flush();
      return null;
    });
    assertThat(peer.getInputStream().readNBytes(2 * MANY)).isEqualTo(sent);
  }

  @Test
  void whatWasNotFlushedBeforeTheEndIsReleased() throws Exception {
    connect(recorder);
    ByteBuf held = Unpooled.directBuffer().writeZero(10);
    ByteBuf late = Unpooled.directBuffer().writeZero(10);
    onLoop(() -> {
      Outgoing out = new Outgoing(channel, Descriptor.of(channel));
      out.write(held);
      channel.close();
      out.drop();
      out.write(late);
      out.flush();
      return null;
    });
    assertThat(held.refCnt()).isZero();
    assertThat(late.refCnt()).isZero();
  }
}
