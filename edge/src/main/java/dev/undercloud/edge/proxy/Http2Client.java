package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http2.Budget;
import dev.undercloud.edge.http2.Http2Limits;
import dev.undercloud.edge.tls.Binding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that speaks HTTP/2 (RFC 9113): Netty's handler keeps the state of streams
 * and windows, each stream is an exchange of its own. Its loop's thread only.
 */
final class Http2Client extends Http2Link implements Client {
  /** What a client says first (RFC 9113, 3.4). */
  static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  /** Streams that are kept for reuse: as many as busy clients have open. */
  private static final int SPARE_STREAMS = 16;

  /** An idle connection should cost little. */
  private static final int SPARE_WHEN_IDLE = 1;

  /** How long a GOAWAY is given to be read before the connection is cut. */
  private static final long GOODBYE_NANOS = 2_000_000_000;

  /** How long a client has to hear that it should leave, before the last stream is named. */
  private static final long LEAVE_NANOS = 1_000_000_000;

  final Channel channel;
  final Peer peer;
  final HeadReader heads;

  /** Bodies come in frames of their own. */
  final BodyFraming noBody = new BodyFraming();

  private final Runnable whenClosed;
  private final Timed timed = new Deadline();
  private final ArrayDeque<ClientStream> spare = new ArrayDeque<>();

  /** Streams whose last bytes are written, and may not be flushed. */
  private final ArrayList<ClientStream> ending = new ArrayList<>();

  private long idleNanos;
  private int active;
  private boolean begun;
  private boolean accepted;
  private boolean leaving;
  private boolean lastNamed;

  private int window = Http2Limits.CONNECTION_WINDOW;

  /**
   * @param binding what its TLS connection was made for; null where it is not encrypted
   * @param whenClosed runs once the connection is closed, however that came
   */
  Http2Client(Loop loop, Channel channel, @Nullable Binding binding, Runnable whenClosed) {
    this(loop, channel, Peer.of(channel, binding, loop.nanos()), whenClosed);
  }

  Http2Client(Loop loop, Channel channel, Peer peer, Runnable whenClosed) {
    this(loop, channel, peer, whenClosed, Http2Codec.server(loop));
  }

  private Http2Client(
      Loop loop, Channel channel, Peer peer, Runnable whenClosed, Http2Codec codec) {
    super(loop, codec, Http2Codec.settings(), new FrameSplitter(loop.alloc(), PREFACE.length));
    this.channel = channel;
    this.peer = peer;
    this.whenClosed = whenClosed;
    heads = new HeadReader(loop);
    idleNanos = loop.clientLimits.firstByte().toNanos();
    codec.serve(new Http2Frames(this));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    if (channel.isActive()) {
      begin();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    begin();
  }

  private void begin() throws Http2Exception {
    if (begun || closed) {
      return;
    }
    begun = true;
    openWindow(Http2Limits.CONNECTION_WINDOW);
    loop.wheel.set(timed, loop.nanos() + idleNanos);
    loop.opened(this);
  }

  // ---------------------------------------------------------------- bytes from the client

  /** Takes what was read before this handler was there. */
  void take(ByteBuf in) {
    try {
      channelRead(context(), in.retain());
    } catch (Exception e) {
      exceptionCaught(context(), e);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent) {
      channel.close();
      return;
    }
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      return;
    }
    // It may only have closed its sending side; most often it is gone. A moment tells.
    if (active == 0) {
      channel.close();
    } else {
      long moment = loop.clientLimits.halfClose().toMillis();
      channel.eventLoop().schedule(() -> channel.close(), moment, MILLISECONDS);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    loop.wheel.remove(timed);
    loop.closed(this);
    whenClosed.run();
  }

  // ---------------------------------------------------------------- streams

  /** A stream for a request that has just begun. */
  ClientStream open(Http2Stream stream) {
    ClientStream mine = spare.pollLast();
    if (mine == null) {
      mine = new ClientStream(this);
    }
    stream.setProperty(codec.key, mine);
    if (active++ == 0) {
      loop.wheel.remove(timed);
    }
    return mine;
  }

  /** When the connection was accepted, for the first exchange alone. */
  boolean isFirst() {
    boolean first = !accepted;
    accepted = true;
    return first;
  }

  void idleFor(long nanos) {
    idleNanos = nanos;
  }

  /** An exchange is over. */
  void finished() {
    if (--active == 0 && !closed) {
      while (spare.size() > SPARE_WHEN_IDLE) {
        spare.pollLast();
      }
      loop.wheel.set(timed, loop.nanos() + (leaving ? LEAVE_NANOS : idleNanos));
      if (lastNamed) {
        closeAfterFlush();
      }
    }
  }

  /** The stream's object may serve another one. */
  void recycle(ClientStream stream) {
    if (spare.size() < (active == 0 ? SPARE_WHEN_IDLE : SPARE_STREAMS)) {
      spare.addLast(stream);
    }
  }

  /** Lets more bytes of {@code stream} be on their way to us, as far as the connection may. */
  void grow(Http2Stream stream, int to) {
    try {
      int more = to - codec.receiving().initialWindowSize(stream);
      codec.receiving().incrementWindowSize(stream, more);
      int wider = Math.min(more, Http2Limits.LARGEST_CONNECTION_WINDOW - window);
      window += wider;
      codec.receiving().incrementWindowSize(connection().connectionStream(), wider);
      flushSoon();
    } catch (Http2Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  // ---------------------------------------------------------------- writing

  @Override
  void flushLater() {
    loop.flushes.ofClient(this);
  }

  @Override
  void flushed() {
    for (int i = 0; i < ending.size(); i++) {
      ending.get(i).notFlushed();
    }
    ending.clear();
  }

  /** The stream's last bytes were written: it hears where they cannot be flushed. */
  void ends(ClientStream stream) {
    ending.add(stream);
    flushSoon();
  }

  // ---------------------------------------------------------------- errors

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, StreamException error) {
    ClientStream mine = of(connection().stream(error.streamId()));
    if (outbound) {
      // Nothing more than bytes that a reset has overtaken, where the exchange is over.
      if (mine != null && mine.isActive()) {
        mine.broken("The stream failed: " + cause.getMessage());
        super.onStreamError(ctx, true, cause, error);
      }
      return;
    }
    try {
      budgets().spend(error.error() == REFUSED_STREAM ? Budget.REFUSED : Budget.FAULTS);
    } catch (Http2Exception over) {
      onError(ctx, false, over);
      return;
    }
    if (error instanceof HeaderListSizeException && mine == null && tooLarge(error.streamId())) {
      return;
    }
    if (mine != null) {
      mine.broken(String.valueOf(cause.getMessage()));
    }
    super.onStreamError(ctx, false, cause, error);
  }

  /** Fields beyond what is decoded: there is still a stream to answer on. */
  private boolean tooLarge(int id) {
    try {
      Http2Stream stream = connection().remote().createStream(id, true);
      open(stream).refuse(stream, 431, "The header fields are too large");
      return true;
    } catch (Http2Exception notNew) {
      return false;
    }
  }

  @Override
  void fail(ChannelHandlerContext ctx, Throwable cause, @Nullable Http2Exception error) {
    if (error != null && error.error() == ENHANCE_YOUR_CALM) {
      loop.log.log(
          null, null, null, "A connection from " + peer.address() + " was closed: " + why(error));
    }
    ByteBuf words = Unpooled.copiedBuffer(error == null ? "" : why(error), US_ASCII);
    if (lastNamed) {
      words.release();
    } else {
      int last = connection().remote().lastStreamCreated();
      goAway(ctx, last, code(error), words, ctx.newPromise());
    }
    writeAll();
    Channels.whenDrained(channel, ChannelFutureListener.CLOSE);
    loop.wheel.set(timed, loop.nanos() + GOODBYE_NANOS);
  }

  private static String why(Http2Exception error) {
    String message = String.valueOf(error.getMessage());
    return message.isEmpty() ? error.error().toString() : message;
  }

  // ---------------------------------------------------------------- ends

  /**
   * Asks the client to leave (RFC 9113, 6.8): first without naming a last stream, since requests
   * may be on their way; then, when the client must have heard, with it.
   */
  @Override
  public void leave() {
    if (leaving || closed || failed) {
      return;
    }
    leaving = true;
    goAway(Integer.MAX_VALUE);
    encoder().writePing(context(), false, LEAVE_NANOS, context().newPromise());
    if (active == 0) {
      loop.wheel.set(timed, loop.nanos() + LEAVE_NANOS);
    }
    flushSoon();
  }

  /** The client has answered a PING, so it has read what came before. */
  void answeredPing() {
    if (leaving && !lastNamed && !closed) {
      nameLast();
    }
  }

  private void nameLast() {
    lastNamed = true;
    goAway(connection().remote().lastStreamCreated());
    if (active == 0) {
      closeAfterFlush();
    } else {
      flushSoon();
    }
  }

  private void goAway(int last) {
    goAway(context(), last, NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context().newPromise());
  }

  private void closeAfterFlush() {
    flushNow();
    Channels.whenDrained(channel, ChannelFutureListener.CLOSE);
  }

  @Override
  public void kill() {
    if (!closed && !failed && isInPipeline() && channel.isActive()) {
      goAway(connection().remote().lastStreamCreated());
      writeAll();
    }
    channel.close();
  }

  private final class Deadline extends Timed {
    @Override
    void expired(long now) {
      if (closed || active > 0 && !failed) {
        return;
      }
      if (!lastNamed && !failed) {
        nameLast();
      } else {
        channel.close();
      }
    }
  }
}
