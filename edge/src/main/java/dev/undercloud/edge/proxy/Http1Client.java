package dev.undercloud.edge.proxy;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.net.Descriptor;
import dev.undercloud.edge.net.Receiver;
import dev.undercloud.edge.net.Sends;
import dev.undercloud.edge.reply.ChangedException;
import dev.undercloud.edge.tls.Binding;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that speaks HTTP/1: {@link Http1Intake} reads one request after another,
 * each is finished before the next is looked at, and the responses are written. Its loop's thread
 * only.
 */
final class Http1Client extends ClientConnection implements Client, Flushable, Receiver {
  /** Where the connection is. */
  enum Phase {
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

  private final Runnable whenClosed;
  private final Timed timed = new Deadline();
  private final Exchange exchange;
  private final Peer peer;
  private final ClientSide side;
  private final Http1Intake intake;

  /** Changed by the intake, too. */
  Phase phase = Phase.HEAD;

  private long idleNanos;
  private int reads;
  private boolean active;
  private boolean answered;

  /** Waits for {@link #flushNow}. */
  private boolean waits;

  private boolean keepAlive;
  private boolean awaitsContinue;
  private boolean inputEnded;
  private int minor;
  private ErrorPage.Format format = ErrorPage.Format.TEXT;

  /**
   * @param whenClosed runs once the connection is closed, however that came
   */
  Http1Client(Loop loop, Channel channel, Runnable whenClosed) {
    this(loop, channel, null, whenClosed);
  }

  /**
   * @param binding what its TLS connection was made for; null where it is not encrypted
   */
  Http1Client(Loop loop, Channel channel, @Nullable Binding binding, Runnable whenClosed) {
    super(loop, channel);
    this.whenClosed = whenClosed;
    peer = Peer.of(channel, binding, loop.nanos());
    exchange = new Exchange(loop, this, timed);
    side = peer.side();
    intake = new Http1Intake(this, exchange, timed, peer);
    idleNanos = loop.clientLimits.firstByte().toNanos();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    loop.wheel.set(timed, peer.acceptedAt() + idleNanos);
    loop.opened(this);
  }

  // ---------------------------------------------------------------- bytes from the client

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    received((ByteBuf) message);
  }

  @Override
  public void received(ByteBuf in) {
    if (++reads >= Loop.READS_A_TURN) {
      Channels.setReading(channel, false);
    }
    switch (phase) {
      case TUNNEL -> exchange.toClient.tunnel().up(loop.keep(in));
      case LINGER, CLOSED -> in.release();
      case HEAD, BODY, RESPONSE -> intake.take(in);
    }
  }

  /** A request has come. */
  void opened() {
    active = true;
    answered = false;
  }

  /** The loop's request head is whole: what it says of this connection and its answer. */
  void asked(RequestHead head) {
    keepAlive = head.keepAlive && !loop.closing();
    minor = head.minor;
    awaitsContinue = head.expectContinue;
    format = ErrorPage.Format.of(head.prefersJson, head.takesHtml);
  }

  void idleFor(long nanos) {
    idleNanos = nanos;
  }

  /** Answers a head that is none, or not yet. Nobody knows where the next one would begin. */
  void refuse(int status, String why) {
    keepAlive = false;
    minor = 1;
    exchange.request.toHead = false;
    exchange.request.whole = false;
    format = ErrorPage.Format.TEXT;
    phase = Phase.RESPONSE;
    exchange.answer(Answer.refused(status, why));
  }

  /** No other request can follow this one. */
  void takesNoMore() {
    keepAlive = false;
  }

  /** The client's preface is in {@code in}: it speaks HTTP/2 from the first byte. */
  void becomeHttp2(ByteBuf in) {
    phase = Phase.CLOSED;
    loop.wheel.remove(timed);
    loop.closed(this);
    Http2Client next = new Http2Client(loop, channel, peer, whenClosed);
    channel.pipeline().replace(this, null, next);
    next.take(in);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    receivedAll();
  }

  @Override
  public void receivedAll() {
    if (active) {
      exchange.toReplica.flush();
    }
    if (active || reads >= Loop.READS_A_TURN) {
      syncInput();
    }
    reads = 0;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    exchange.toClient.sync();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent) {
      // TLS closes both directions at once (RFC 5246, 7.2.1): nothing can be said any more.
      channel.close();
      return;
    }
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      return;
    }
    inputEnded = true;
    if (phase == Phase.TUNNEL) {
      exchange.toClient.tunnel().upEnded();
    } else if (active && (answered || exchange.request.whole)) {
      // It may only have closed its sending side; most often it is gone. A moment tells.
      lookSoon();
    } else {
      channel.close();
    }
  }

  private void lookSoon() {
    channel
        .eventLoop()
        .schedule(this::goneIfStill, loop.clientLimits.halfClose().toMillis(), MILLISECONDS);
  }

  private void goneIfStill() {
    if (active && !answered) {
      channel.close();
    } else if (phase != Phase.CLOSED) {
      // Its next request may have come along with the one that is being answered.
      lookSoon();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    phase = Phase.CLOSED;
    loop.wheel.remove(timed);
    writer.closed();
    intake.drop();
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
  public void routeAgain(byte[] head) {
    intake.routeAgain(head);
  }

  @Override
  public boolean isSecure() {
    ClientSide named = exchange.request.side;
    return (named == null ? side : named).secure;
  }

  @Override
  public void ready() {
    if (awaitsContinue) {
      awaitsContinue = false;
      writer.continueNow();
    }
    intake.resume();
  }

  @Override
  public void interim() {
    if (minor == 1 && loop.response.status != 100) {
      writer.interim(minor, exchange.slot.id);
    }
  }

  @Override
  public Transfer prepareHead() {
    // Whoever answers before the request is whole will not read the rest of it.
    boolean keep = keepAlive && exchange.request.whole && !loop.closing();
    writer.prepare(minor, keep, exchange.slot.id);
    keepAlive = loop.rewriter.keepAlive;
    return loop.rewriter.transfer;
  }

  @Override
  public void body(ByteBuf piece) {
    writer.body(piece, exchange.toClient.transfer());
  }

  /** Where a body of chunks is ours, they have a place behind it. */
  @Override
  public void trailers(byte[] lines, int length) {
    if (exchange.toClient.transfer() == Transfer.CHUNK) {
      writer.trailers(lines, length);
    }
  }

  @Override
  public @Nullable Descriptor fileSocket() {
    return writer.socket();
  }

  @Override
  public void file(FileRegion part) {
    writer.file(part, sent -> fileSent(part, sent));
  }

  private void fileSent(FileRegion part, ChannelFuture sent) {
    if (sent.isSuccess()) {
      if (exchange.state() == Exchange.State.SOURCE) {
        loop.execute(exchange.toClient::sync);
      }
    } else if (active) {
      exchange.slot.responseBytes -= part.count() - part.transferred();
      if (sent.cause() instanceof ChangedException) {
        exchange.toClient.sourceFailed();
      }
    }
  }

  @Override
  public long moveFrom(Descriptor from, long most) {
    return writer.moveFrom(from, most);
  }

  @Override
  public void end() {
    Outcome outcome = exchange.slot.outcome;
    boolean whole = outcome == Outcome.COMPLETE || outcome == Outcome.ANSWERED_BY_EDGE;
    if (exchange.toClient.transfer() == Transfer.CHUNK && whole) {
      writer.lastChunk();
    }
    finish();
  }

  @Override
  public void answer(Answer answer) {
    // HTTP/1.0 clients that keep connections want to be told so; an error page does not bother.
    keepAlive &= exchange.request.whole && !loop.closing() && minor == 1;
    writer.bytes(
        ErrorPage.response(
            answer, format, Hex.of(exchange.slot.id), keepAlive, exchange.request.toHead));
    finish();
  }

  /** Everything is written: what is left is the client's reading it. */
  private void finish() {
    answered = true;
    if (!waits) {
      waits = true;
      loop.flushes.ofClient(this);
    }
  }

  @Override
  public void offer(Sends together) {
    writer.offer(together);
  }

  @Override
  public void flushNow() {
    waits = false;
    flush();
    if (!active || phase == Phase.CLOSED) {
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
    if (phase == Phase.TUNNEL || !keepAlive || inputEnded && !intake.holds()) {
      goodbye(now);
      return;
    }
    phase = Phase.HEAD;
    loop.wheel.set(timed, now + idleNanos);
    intake.resume();
  }

  /** Closes so that the client gets to read what was sent: unread input would make it a reset. */
  private void goodbye(long now) {
    boolean quiet = exchange.request.whole && intake.isEmpty() || inputEnded;
    phase = Phase.LINGER;
    if (quiet) {
      channel.close();
      return;
    }
    intake.drop();
    Channels.shutdownOutput(channel);
    Channels.setReading(channel, true);
    loop.wheel.set(timed, now + loop.clientLimits.linger().toNanos());
  }

  @Override
  public void abort(boolean broken) {
    answered = true;
    if (broken) {
      Channels.cut(channel);
    } else {
      flush();
      channel.close();
    }
  }

  @Override
  public void tunnel() {
    phase = Phase.TUNNEL;
    keepAlive = false;
    if (inputEnded) {
      exchange.toClient.tunnel().upEnded();
    }
    intake.resume();
  }

  @Override
  public void endTunnel() {
    flush();
    Channels.whenDrained(
        channel,
        drained -> {
          Channels.shutdownOutput(channel);
          exchange.toClient.tunnel().halfEnded();
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
      case BODY, TUNNEL -> exchange.toReplica.wantsBody();
      // What is here already waits for its turn; more would only wait in our memory.
      case RESPONSE -> !intake.holds();
      case CLOSED -> false;
    };
  }

  // ---------------------------------------------------------------- ends

  /** The edge is closing: idle connections end now, busy ones with their response. */
  @Override
  public void leave() {
    if (!active && !intake.isInHead() && phase == Phase.HEAD) {
      channel.close();
    }
  }

  private final class Deadline extends Timed {
    @Override
    void expired(long now) {
      if (waits) {
        // Answered within this very turn of the loop: the flush that follows sets the next one.
        return;
      }
      if (active) {
        exchange.expired(now);
      } else if (phase == Phase.HEAD && intake.isInHead()) {
        intake.headTimedOut(now);
      } else {
        channel.close();
      }
    }
  }
}
