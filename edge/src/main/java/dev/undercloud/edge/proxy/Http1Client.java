package dev.undercloud.edge.proxy;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.ChunkEncoder;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.RequestRewriter;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.net.Ipv6Text;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that speaks HTTP/1: parses one request after another, lets each finish
 * before it looks at the next, and writes the responses. Its loop's thread only.
 */
final class Http1Client extends ChannelInboundHandlerAdapter implements Downstream {
  /** Heads fit in here nearly always: a body behind one is not copied just to look at the head. */
  private static final int FIRST_LOOK = 4096;

  /** A body that came whole with its head travels in the head's buffer, and can be sent again. */
  private static final int SMALL_BODY = 16 << 10;

  /** Up to here copying a body piece behind the head is cheaper than a second buffer to write. */
  private static final int COPIED_BODY = 8 << 10;

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private enum Phase {
    /** Between requests, or within a head. */
    HEAD,
    BODY,
    /** The request is whole, its response is not. */
    RESPONSE,
    TUNNEL,
    /** The last response is sent; we only wait for the client to have read it. */
    LINGER,
    CLOSED
  }

  private final Loop loop;
  private final Channel channel;
  private final Runnable whenClosed;
  private final Timed timed = new Deadline();
  private final Exchange exchange;
  private final BodyFraming body = new BodyFraming();
  private final ClientSide side;
  private final String address;
  private final long acceptedAt;
  private Phase phase = Phase.HEAD;
  private @Nullable ByteBuf held;
  private int searched;
  private long sent;
  private long idleNanos;
  private int headLength;
  private boolean begun;
  private boolean accepted;
  private boolean active;
  private boolean answered;
  private boolean processing;
  private boolean keepAlive;
  private boolean awaitsContinue;
  private boolean inputEnded;
  private boolean dirty;
  private int minor;
  private ErrorPage.Format format = ErrorPage.Format.TEXT;

  /**
   * @param whenClosed runs once the connection is closed, however that came
   */
  Http1Client(Loop loop, Channel channel, Runnable whenClosed) {
    this.loop = loop;
    this.channel = channel;
    this.whenClosed = whenClosed;
    acceptedAt = loop.nanos();
    exchange = new Exchange(loop, this, timed);
    InetAddress peer = address(channel.remoteAddress());
    InetAddress local = address(channel.localAddress());
    int port = channel.localAddress() instanceof InetSocketAddress ip ? ip.getPort() : 0;
    side = new ClientSide(peer, local, port, "http");
    address = peer == null ? "" : Ipv6Text.of(peer);
    idleNanos = loop.clientLimits.firstByte().toNanos();
  }

  private static @Nullable InetAddress address(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress ip ? ip.getAddress() : null;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    loop.wheel.set(timed, acceptedAt + idleNanos);
    loop.opened(this);
  }

  // ---------------------------------------------------------------- bytes from the client

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    switch (phase) {
      case TUNNEL -> exchange.tunnelUp(in);
      case LINGER, CLOSED -> in.release();
      case HEAD, BODY, RESPONSE -> process(behindHeld(in));
    }
  }

  private ByteBuf behindHeld(ByteBuf in) {
    ByteBuf before = held;
    if (before == null) {
      return in;
    }
    held = null;
    before.writeBytes(in);
    in.release();
    return before;
  }

  /** Takes what can be taken of {@code in} and holds the rest; takes its reference. */
  private void process(ByteBuf in) {
    processing = true;
    try {
      boolean more = true;
      while (more && in.isReadable()) {
        more =
            switch (phase) {
              case HEAD -> head(in);
              case BODY -> exchange.takesBody() && takeBody(in);
              case TUNNEL -> passTunnel(in);
              case RESPONSE, LINGER, CLOSED -> false;
            };
      }
      if (in.isReadable() && phase != Phase.LINGER && phase != Phase.CLOSED) {
        hold(in);
      }
    } finally {
      processing = false;
      in.release();
    }
    syncInput();
  }

  private boolean passTunnel(ByteBuf in) {
    exchange.tunnelUp(in.readRetainedSlice(in.readableBytes()));
    return true;
  }

  private void hold(ByteBuf in) {
    held = loop.alloc().buffer(Math.max(1024, 2 * in.readableBytes())).writeBytes(in);
  }

  /** Whether a request began and there may be more to take. */
  private boolean head(ByteBuf in) {
    long now = loop.nanos();
    if (!begun) {
      begun = true;
      searched = 0;
      exchange.begin(now);
      loop.wheel.set(timed, now + loop.clientLimits.head().toNanos());
    }
    // The parser starts over each time: after the first bytes, which tell TLS from HTTP, only
    // another line is worth a look.
    int readable = in.readableBytes();
    int line = in.indexOf(in.readerIndex() + searched, in.writerIndex(), (byte) '\n');
    if (line < 0 && searched > 0 && readable < loop.in.length) {
      searched = readable;
      return false;
    }
    int length = parse(in);
    if (length == RequestHead.MORE) {
      searched = readable;
      return false;
    }
    begun = false;
    exchange.open(now);
    active = true;
    answered = false;
    fillConnection();
    if (Reject.is(length)) {
      reject(Reject.of(length));
      return false;
    }
    in.skipBytes(length);
    route(in, now);
    return true;
  }

  private int parse(ByteBuf in) {
    int readable = Math.min(in.readableBytes(), loop.in.length);
    int look = Math.min(readable, FIRST_LOOK);
    in.getBytes(in.readerIndex(), loop.in, 0, look);
    int length = loop.request.parse(loop.in, 0, look);
    if (length == RequestHead.MORE && look < readable) {
      in.getBytes(in.readerIndex(), loop.in, 0, readable);
      length = loop.request.parse(loop.in, 0, readable);
    }
    return length;
  }

  private void reject(Reject reject) {
    keepAlive = false;
    minor = 1;
    exchange.request.toHead = false;
    exchange.request.whole = false;
    format = ErrorPage.Format.TEXT;
    phase = Phase.RESPONSE;
    exchange.answer(Answer.refused(reject.status(), sentence(reject.words())));
  }

  /** The loop's request head is whole: sends it on its way. */
  private void route(ByteBuf in, long now) {
    RequestHead head = loop.request;
    Slots.fill(exchange.slot, head, loop.in, loop.entropy);
    keepAlive = head.keepAlive && !loop.closing();
    minor = head.minor;
    awaitsContinue = head.expectContinue;
    format = ErrorPage.Format.of(head.prefersJson, head.takesHtml);
    body.of(head);
    Exchange.Request request = exchange.request;
    request.idempotent = head.idempotent;
    request.toHead = head.headMethod;
    request.upgrade = head.upgrade;
    request.whole = body.done();
    phase = request.whole ? Phase.RESPONSE : Phase.BODY;
    App app = loop.routes().find(head.hostKey(), head.hostKeyLength());
    if (app == null) {
      exchange.answer(Answer.unknownHost());
      return;
    }
    idleNanos = app.idleNanos;
    exchange.start(app, rewritten(head, in), now);
  }

  /** The request's head as the replica gets it, with its body where that is small and here. */
  private ByteBuf rewritten(RequestHead head, ByteBuf in) {
    ExchangeSlot slot = exchange.slot;
    int length =
        RequestRewriter.write(
            head, loop.in, side, slot.id, slot.traceHigh, slot.traceLow, slot.sampled, loop.out);
    long small = body.remaining();
    boolean takes =
        small > 0 && small <= SMALL_BODY && small <= in.readableBytes() && !awaitsContinue;
    ByteBuf out = loop.alloc().directBuffer(takes ? length + (int) small : length);
    out.writeBytes(loop.out, 0, length);
    if (takes) {
      body.take(in, in.readerIndex(), in.readerIndex() + (int) small);
      out.writeBytes(in, (int) small);
      slot.requestBytes = small;
      exchange.request.whole = true;
      phase = Phase.RESPONSE;
    }
    return out;
  }

  /** Whether body bytes were taken and there may be more to take. */
  private boolean takeBody(ByteBuf in) {
    int taken = body.take(in, in.readerIndex(), in.writerIndex());
    if (Reject.is(taken)) {
      Reject reject = Reject.of(taken);
      keepAlive = false;
      exchange.requestBroken(reject.status(), sentence(reject.words()));
      return false;
    }
    exchange.requestBody(in.readRetainedSlice(taken), body.payloadBytes());
    if (body.done()) {
      phase = Phase.RESPONSE;
      exchange.requestEnded();
    }
    return true;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (active) {
      exchange.flushRequest();
      syncInput();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    exchange.syncDownload();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      return;
    }
    inputEnded = true;
    if (phase == Phase.TUNNEL) {
      exchange.tunnelUpEnded();
    } else if (active && !answered && exchange.request.whole) {
      // It may only have closed its sending side; most often it is gone. A moment tells.
      channel
          .eventLoop()
          .schedule(this::goneIfStill, loop.clientLimits.halfClose().toMillis(), MILLISECONDS);
    } else if (!active || !answered) {
      channel.close();
    }
  }

  private void goneIfStill() {
    if (active && !answered) {
      channel.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    phase = Phase.CLOSED;
    loop.wheel.remove(timed);
    if (held != null) {
      held.release();
      held = null;
    }
    if (active) {
      active = false;
      if (answered) {
        if (exchange.slot.outcome == Outcome.COMPLETE) {
          exchange.slot.outcome = Outcome.CLIENT_ABORTED;
        }
        exchange.finish();
      } else {
        exchange.clientGone();
      }
    }
    loop.closed(this);
    whenClosed.run();
  }

  // ---------------------------------------------------------------- the exchange's wishes

  @Override
  public void ready() {
    if (awaitsContinue) {
      awaitsContinue = false;
      write(loop.alloc().directBuffer(CONTINUE.length).writeBytes(CONTINUE));
      channel.flush();
    }
    if (!processing) {
      resume();
    }
  }

  /** Takes up again what was held back. */
  private void resume() {
    ByteBuf in = held;
    if (in != null && phase != Phase.CLOSED) {
      held = null;
      process(in);
      exchange.flushRequest();
    }
    syncInput();
  }

  @Override
  public void interim() {
    boolean passed = minor == 1 && loop.response.status != 100;
    if (passed) {
      int length = rewriteResponse(true);
      write(loop.alloc().directBuffer(length).writeBytes(loop.out, 0, length));
      channel.flush();
    }
  }

  @Override
  public Transfer prepareHead() {
    // Whoever answers before the request is whole will not read the rest of it.
    headLength = rewriteResponse(keepAlive && exchange.request.whole && !loop.closing());
    keepAlive = loop.rewriter.keepAlive;
    return loop.rewriter.transfer;
  }

  private int rewriteResponse(boolean keep) {
    return loop.rewriter.write(loop.response, loop.in, minor, keep, exchange.slot.id, loop.out);
  }

  @Override
  public void head(ByteBuf in, int length) {
    boolean copied = length <= COPIED_BODY;
    ByteBuf out = loop.alloc().directBuffer(copied ? headLength + length : headLength);
    out.writeBytes(loop.out, 0, headLength);
    if (copied) {
      out.writeBytes(in, length);
      write(out);
    } else {
      write(out);
      write(in.readRetainedSlice(length));
    }
  }

  @Override
  public void body(ByteBuf piece) {
    if (!piece.isReadable()) {
      piece.release();
    } else if (exchange.transfer() == Transfer.CHUNK) {
      int length = piece.readableBytes();
      ByteBuf frame = loop.alloc().directBuffer(ChunkEncoder.BEGIN_BYTES);
      ChunkEncoder.begin(length, frame);
      write(frame);
      write(piece);
      ByteBuf end = loop.alloc().directBuffer(2);
      ChunkEncoder.end(end);
      write(end);
    } else {
      write(piece);
    }
  }

  private void write(ByteBuf bytes) {
    sent += bytes.readableBytes();
    dirty = true;
    channel.write(bytes, channel.voidPromise());
  }

  @Override
  public void flush() {
    if (dirty) {
      dirty = false;
      channel.flush();
    }
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void end() {
    if (exchange.transfer() == Transfer.CHUNK && exchange.slot.outcome == Outcome.COMPLETE) {
      ByteBuf last = loop.alloc().directBuffer(8);
      ChunkEncoder.last(last);
      write(last);
    }
    finish();
  }

  @Override
  public void answer(Answer answer) {
    keepAlive &= exchange.request.whole && !loop.closing();
    // HTTP/1.0 clients that keep connections want to be told so; an error page does not bother.
    keepAlive &= minor == 1;
    byte[] page =
        ErrorPage.response(
            answer, format, Hex.of(exchange.slot.id), keepAlive, exchange.request.toHead);
    write(loop.alloc().directBuffer(page.length).writeBytes(page));
    finish();
  }

  /** Everything is written: what is left is the client's reading it. */
  private void finish() {
    answered = true;
    flush();
    if (phase == Phase.CLOSED) {
      return;
    }
    if (Channels.isDrained(channel)) {
      drained();
    } else {
      exchange.draining();
      Channels.whenDrained(channel, done -> drainedLate(done.isSuccess()));
    }
  }

  private void drainedLate(boolean whole) {
    if (whole && active && phase != Phase.CLOSED) {
      drained();
    }
  }

  private void drained() {
    long now = loop.nanos();
    exchange.mark(Stage.DRAIN, now);
    active = false;
    exchange.finish();
    if (phase == Phase.TUNNEL || !keepAlive || inputEnded && held == null) {
      goodbye(now);
      return;
    }
    phase = Phase.HEAD;
    loop.wheel.set(timed, now + idleNanos);
    if (!processing) {
      resume();
    }
  }

  /** Closes so that the client gets to read what was sent: unread input would make it a reset. */
  private void goodbye(long now) {
    boolean quiet = exchange.request.whole && held == null && !processing || inputEnded;
    phase = Phase.LINGER;
    if (quiet) {
      channel.close();
      return;
    }
    if (held != null) {
      held.release();
      held = null;
    }
    Channels.shutdownOutput(channel);
    Channels.setReading(channel, true);
    loop.wheel.set(timed, now + loop.clientLimits.linger().toNanos());
  }

  @Override
  public void abort(boolean broken) {
    answered = true;
    if (broken) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } else {
      flush();
    }
    channel.close();
  }

  @Override
  public void tunnel() {
    phase = Phase.TUNNEL;
    keepAlive = false;
    if (inputEnded) {
      exchange.tunnelUpEnded();
    }
    if (!processing) {
      resume();
    }
  }

  @Override
  public void endTunnel() {
    Channels.whenDrained(
        channel,
        drained -> {
          Channels.shutdownOutput(channel);
          exchange.tunnelHalfEnded();
        });
  }

  @Override
  public void syncInput() {
    if (phase != Phase.CLOSED) {
      Channels.setReading(channel, wantsInput());
    }
  }

  private boolean wantsInput() {
    return switch (phase) {
      case HEAD, LINGER -> true;
      case BODY, TUNNEL -> exchange.wantsBody();
      // What is here already waits for its turn; more would only wait in our memory.
      case RESPONSE -> held == null;
      case CLOSED -> false;
    };
  }

  @Override
  public boolean reading() {
    return channel.config().isAutoRead();
  }

  @Override
  public long sentBytes() {
    return sent - Channels.pendingBytes(channel);
  }

  @Override
  public long pendingBytes() {
    return Channels.pendingBytes(channel);
  }

  // ---------------------------------------------------------------- ends

  /** The edge is closing: idle connections end now, busy ones with their response. */
  void leave() {
    if (!active && !begun && phase == Phase.HEAD) {
      channel.close();
    }
  }

  void kill() {
    channel.close();
  }

  private final class Deadline extends Timed {
    @Override
    void expired(long now) {
      if (active) {
        exchange.expired(now);
      } else if (phase == Phase.HEAD && begun) {
        begun = false;
        exchange.open(now);
        active = true;
        answered = false;
        fillConnection();
        phase = Phase.RESPONSE;
        keepAlive = false;
        minor = 1;
        exchange.request.whole = false;
        exchange.request.toHead = false;
        exchange.slot.outcome = Outcome.TIMED_OUT;
        exchange.answer(Answer.refused(408, "The request head took too long to arrive"));
      } else {
        channel.close();
      }
    }
  }

  private void fillConnection() {
    exchange.slot.client = address;
    if (!accepted) {
      accepted = true;
      exchange.mark(Stage.ACCEPT, acceptedAt);
    }
  }

  private static String sentence(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
