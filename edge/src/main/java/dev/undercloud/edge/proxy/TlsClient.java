package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Hex;
import dev.undercloud.edge.net.ReceiveBuffer;
import dev.undercloud.edge.net.Transport;
import dev.undercloud.edge.tls.ClientHello;
import dev.undercloud.edge.tls.ServerContext;
import dev.undercloud.edge.tls.Tls;
import dev.undercloud.edge.tls.TlsConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection from its first byte to the end of its handshake: reads the ClientHello,
 * chooses certificate and policy by it, and hands over to whoever speaks the protocol agreed upon.
 * What a client can hold here is bounded in bytes, time and number. Its loop's thread only.
 */
final class TlsClient extends ChannelInboundHandlerAdapter {
  /** RFC 8446, 6.2. */
  private enum Alert {
    DECODE_ERROR(50),
    INTERNAL_ERROR(80),
    NO_APPLICATION_PROTOCOL(120);

    final int code;

    Alert(int code) {
      this.code = code;
    }
  }

  private enum Phase {
    HELLO,
    /** The certificate is being made. */
    WAITING,
    HANDSHAKE,
    DONE
  }

  private final Loop loop;
  private final Channel channel;
  private final Tls tls;
  private final TlsConfig config;
  private final ProtocolHandlers handlers;
  private final Runnable whenClosed;
  private final Timed timed = new Deadline();
  private Phase phase = Phase.HELLO;

  /** The beginning of a ClientHello, in a buffer of its own. */
  private @Nullable ByteBuf held;

  private @Nullable ServerContext context;
  private boolean acme;

  TlsClient(
      Loop loop,
      Channel channel,
      Tls tls,
      TlsConfig config,
      ProtocolHandlers handlers,
      Runnable whenClosed) {
    this.loop = loop;
    this.channel = channel;
    this.tls = tls;
    this.config = config;
    this.handlers = handlers;
    this.whenClosed = whenClosed;
    loop.handshakes.add(this);
    loop.wheel.set(timed, loop.nanos() + config.handshake().toNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    switch (phase) {
      case HELLO -> hello(together(in));
      case WAITING -> held = together(in);
      case HANDSHAKE, DONE -> ctx.fireChannelRead(in);
    }
  }

  /** All bytes so far; the shared receive buffer is not kept. */
  private ByteBuf together(ByteBuf in) {
    ByteBuf before = held;
    if (before == null) {
      return in;
    }
    held = null;
    before.writeBytes(in);
    in.release();
    return before;
  }

  private void hello(ByteBuf in) {
    int length = Math.min(in.readableBytes(), loop.in.length);
    in.getBytes(in.readerIndex(), loop.in, 0, length);
    switch (loop.hello.read(loop.in, length)) {
      case ClientHello.MORE -> hold(in);
      case ClientHello.WHOLE -> choose(in);
      case ClientHello.OTHER -> {
        in.release();
        notTls();
      }
      default -> {
        in.release();
        refuse(Alert.DECODE_ERROR);
      }
    }
  }

  private void hold(ByteBuf in) {
    if (in.readableBytes() >= ClientHello.LARGEST) {
      in.release();
      refuse(Alert.DECODE_ERROR);
      return;
    }
    held = loop.alloc().directBuffer(in.readableBytes()).writeBytes(in);
    in.release();
  }

  private void choose(ByteBuf in) {
    ClientHello hello = loop.hello;
    String name = hello.name();
    if (hello.offersAcme()) {
      acme = true;
      begin(tls.challenge(name), in, Alert.NO_APPLICATION_PROTOCOL);
      return;
    }
    if (hello.offersNothingOf(handlers.speaksHttp2())) {
      in.release();
      refuse(Alert.NO_APPLICATION_PROTOCOL);
      return;
    }
    ServerContext ready = tls.find(name);
    if (ready != null) {
      begin(ready, in, Alert.INTERNAL_ERROR);
      return;
    }
    phase = Phase.WAITING;
    held = loop.alloc().directBuffer(in.readableBytes()).writeBytes(in);
    in.release();
    Channels.setReading(channel, false);
    tls.make(name, made -> loop.execute(() -> resume(made)));
  }

  private void resume(@Nullable ServerContext made) {
    ByteBuf in = held;
    if (phase != Phase.WAITING || in == null) {
      if (made != null) {
        made.release();
      }
      return;
    }
    held = null;
    begin(made, in, Alert.INTERNAL_ERROR);
    channel.pipeline().fireChannelReadComplete();
    Channels.setReading(channel, true);
  }

  /** Lets the engine have the ClientHello; takes the references of both. */
  private void begin(@Nullable ServerContext chosen, ByteBuf in, Alert otherwise) {
    if (chosen == null) {
      in.release();
      refuse(otherwise);
      return;
    }
    context = chosen;
    phase = Phase.HANDSHAKE;
    if (!chosen.isNative()) {
      // The JDK's engine wants whole records: what waits for the rest must not keep a shared
      // buffer.
      channel.config().setRecvByteBufAllocator(ReceiveBuffer.unshared());
    }
    SslHandler engine = chosen.handler(Transport.BUFFERS);
    channel.pipeline().addFirst(engine);
    channel.pipeline().fireChannelRead(in);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent done)) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    if (!done.isSuccess() || acme) {
      // An ACME server has seen what it came for.
      ctx.close();
      return;
    }
    leave();
    SslHandler engine = channel.pipeline().get(SslHandler.class);
    String protocol = engine.applicationProtocol();
    var binding = Objects.requireNonNull(context).binding().of(engine.engine().getSession());
    release();
    ChannelHandler next =
        "h2".equals(protocol)
            ? handlers.http2(loop, channel, binding, whenClosed)
            : handlers.http1(loop, channel, binding, whenClosed);
    ctx.pipeline().addLast(next);
    ctx.fireChannelActive();
    ctx.pipeline().remove(this);
  }

  /** The edge is closing: nobody waits for a request that has not begun. */
  void kill() {
    channel.close();
  }

  /** The handshake is over, one way or the other. */
  private void leave() {
    if (phase != Phase.DONE) {
      phase = Phase.DONE;
      loop.handshakes.remove(this);
      loop.wheel.remove(timed);
    }
  }

  private void release() {
    ServerContext mine = context;
    if (mine != null) {
      context = null;
      mine.release();
    }
    ByteBuf bytes = held;
    if (bytes != null) {
      held = null;
      bytes.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (phase == Phase.DONE) {
      ctx.fireChannelInactive();
      return;
    }
    leave();
    release();
    whenClosed.run();
  }

  private void refuse(Alert alert) {
    byte[] record = {21, 3, 3, 0, 2, 2, (byte) alert.code};
    channel.writeAndFlush(Unpooled.wrappedBuffer(record)).addListener(ChannelFutureListener.CLOSE);
  }

  /** Somebody speaks HTTP here: an answer in their language tells them. */
  private void notTls() {
    byte[] page =
        ErrorPage.response(
            Answer.refused(400, "Plain HTTP was spoken to a port that expects HTTPS"),
            ErrorPage.Format.TEXT,
            Hex.of(loop.entropy.nextLong()),
            false,
            false);
    channel.writeAndFlush(Unpooled.wrappedBuffer(page)).addListener(ChannelFutureListener.CLOSE);
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
