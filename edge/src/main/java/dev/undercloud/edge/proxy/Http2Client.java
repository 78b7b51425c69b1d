package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http2.Budget;
import dev.undercloud.edge.http2.Budgets;
import dev.undercloud.edge.http2.Http2Limits;
import dev.undercloud.edge.tls.Binding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that speaks HTTP/2 (RFC 9113): Netty's handler keeps the state of streams
 * and windows, each stream is an exchange of its own. Its loop's thread only.
 */
final class Http2Client extends Http2ConnectionHandler implements Client, Flushable {
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

  /** Of all streams, before they are flushed in the midst of a turn. */
  private static final int MOST_UNFLUSHED = 256 << 10;

  final Loop loop;
  final Channel channel;
  final Peer peer;
  final HeadReader heads;

  /** Bodies come in frames of their own. */
  final BodyFraming noBody = new BodyFraming();

  private final Http2Codec codec;
  private final Runnable whenClosed;
  private final Timed timed = new Deadline();
  private final FrameSplitter splitter;
  private final ArrayDeque<ClientStream> spare = new ArrayDeque<>();

  /** Streams that have something to do when what was read is dealt with. */
  private final ArrayList<ClientStream> touched = new ArrayList<>();

  /** Streams whose last bytes are written, and may not be flushed. */
  private final ArrayList<ClientStream> ending = new ArrayList<>();

  /** Streams that may be written again, or no longer. */
  private ArrayList<ClientStream> changed = new ArrayList<>();

  private ArrayList<ClientStream> waking = new ArrayList<>();

  private @Nullable ChannelHandlerContext context;
  private long idleNanos;
  private int active;
  private int reads;
  private boolean begun;
  private boolean accepted;
  private boolean leaving;
  private boolean lastNamed;

  /** GOAWAY with an error was sent: nothing is read any more. */
  private boolean failed;

  private boolean waits;
  private boolean flushing;
  private boolean closed;
  private int unflushed;
  private int window = Http2Limits.CONNECTION_WINDOW;

  /**
   * @param binding what its TLS connection was made for; null where it is not encrypted
   * @param whenClosed runs once the connection is closed, however that came
   */
  Http2Client(Loop loop, Channel channel, @Nullable Binding binding, Runnable whenClosed) {
    this(loop, channel, Peer.of(channel, binding, loop.nanos()), whenClosed);
  }

  Http2Client(Loop loop, Channel channel, Peer peer, Runnable whenClosed) {
    this(loop, channel, peer, whenClosed, new Http2Codec(loop));
  }

  private Http2Client(
      Loop loop, Channel channel, Peer peer, Runnable whenClosed, Http2Codec codec) {
    // Closing a channel closes it: we say goodbye ourselves.
    super(codec.decoder, codec.encoder, Http2Codec.settings(), true);
    this.loop = loop;
    this.channel = channel;
    this.peer = peer;
    this.whenClosed = whenClosed;
    this.codec = codec;
    heads = new HeadReader(loop);
    splitter = new FrameSplitter(loop.alloc());
    idleNanos = loop.clientLimits.firstByte().toNanos();
    codec.serve(new Http2Frames(this));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
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
    int more = Http2Limits.CONNECTION_WINDOW - codec.receiving().initialWindowSize();
    codec.receiving().incrementWindowSize(connection().connectionStream(), more);
    loop.wheel.set(timed, loop.nanos() + idleNanos);
    loop.opened(this);
    flushSoon();
  }

  // ---------------------------------------------------------------- bytes from the client

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    ByteBuf in = (ByteBuf) message;
    if (++reads == Loop.READS_A_TURN) {
      Channels.setReading(channel, false);
    }
    try {
      ByteBuf whole;
      while (!failed && (whole = splitter.next(in)) != null) {
        try {
          frames(ctx, whole);
        } finally {
          whole.release();
        }
      }
    } finally {
      in.release();
    }
  }

  /** Takes what was read before this handler was there. */
  void take(ByteBuf in) {
    try {
      channelRead(context(), in.retain());
    } catch (Exception e) {
      exceptionCaught(context(), e);
    }
  }

  /** A stream's error ends one call, but not the frames behind it. */
  private void frames(ChannelHandlerContext ctx, ByteBuf whole) throws Exception {
    while (whole.isReadable() && !failed) {
      int before = whole.readerIndex();
      decode(ctx, whole, List.of());
      if (whole.readerIndex() == before) {
        return;
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reads >= Loop.READS_A_TURN) {
      Channels.setReading(channel, true);
    }
    reads = 0;
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).readComplete();
    }
    touched.clear();
    flushSoon();
  }

  /** Calls {@link ClientStream#readComplete} at the end of this read. */
  void touch(ClientStream stream) {
    touched.add(stream);
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
    closed = true;
    splitter.close();
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

  @Nullable ClientStream of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(codec.key);
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

  Http2Codec codec() {
    return codec;
  }

  ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return context;
  }

  Budgets budgets() {
    return codec.budgets;
  }

  // ---------------------------------------------------------------- writing

  /** Every flush waits for the others of this turn. */
  @Override
  public void flush(ChannelHandlerContext ctx) {
    flushSoon();
  }

  /** Bytes were handed over that no flush has sent. */
  void handed(int bytes) {
    unflushed += bytes;
  }

  /** Whether little waits for a flush: before that, TLS hides from the channel what there is. */
  boolean isModest() {
    return unflushed < MOST_UNFLUSHED;
  }

  void flushSoon() {
    if (!waits && !closed) {
      waits = true;
      loop.flushLater(this);
    }
  }

  @Override
  public void flushNow() {
    waits = false;
    if (closed) {
      return;
    }
    if (flushing) {
      flushSoon();
      return;
    }
    flushing = true;
    try {
      unflushed = 0;
      writeAll();
      for (int i = 0; i < ending.size(); i++) {
        ending.get(i).notFlushed();
      }
      wake();
    } finally {
      ending.clear();
      flushing = false;
    }
  }

  /** Who fills the windows again meanwhile waits for the next flush. */
  private void wake() {
    ArrayList<ClientStream> all = changed;
    changed = waking;
    waking = all;
    for (int i = 0; i < all.size(); i++) {
      all.get(i).writable();
    }
    all.clear();
  }

  private void writeAll() {
    ChannelHandlerContext ctx = context();
    try {
      codec.sending().writePendingBytes();
    } catch (Http2Exception e) {
      onError(ctx, true, e);
    }
    codec.writer.writeOut(ctx);
    ctx.flush();
  }

  /** The stream's last bytes were written: it hears where they cannot be flushed. */
  void ends(ClientStream stream) {
    ending.add(stream);
    flushSoon();
  }

  void writabilityChanged(Http2Stream stream) {
    ClientStream mine = of(stream);
    if (mine != null) {
      mine.wake();
    }
  }

  /** The stream looks again whether it can write when everything so far was flushed. */
  void wakeAfterFlush(ClientStream stream) {
    changed.add(stream);
    flushSoon();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    codec.sending().channelWritabilityChanged();
    flushSoon();
  }

  // ---------------------------------------------------------------- errors

  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int id, long error, ChannelPromise promise) {
    codec.history.reset(id);
    return super.resetStream(ctx, id, error, promise);
  }

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
  protected void onConnectionError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception error) {
    if (failed) {
      return;
    }
    failed = true;
    if (error == null) {
      loop.log.ifOurs(cause);
    } else if (error.error() == ENHANCE_YOUR_CALM) {
      loop.log.log(
          null, null, null, "A connection from " + peer.address() + " was closed: " + why(error));
    }
    Http2Error code = error == null ? INTERNAL_ERROR : error.error();
    ByteBuf words = Unpooled.copiedBuffer(error == null ? "" : why(error), US_ASCII);
    if (lastNamed) {
      words.release();
    } else {
      int last = connection().remote().lastStreamCreated();
      goAway(ctx, last, code.code(), words, ctx.newPromise());
    }
    writeAll();
    Channels.whenDrained(channel, ChannelFutureListener.CLOSE);
    loop.wheel.set(timed, loop.nanos() + GOODBYE_NANOS);
  }

  private static String why(Http2Exception error) {
    String message = String.valueOf(error.getMessage());
    return message.isEmpty() ? error.error().toString() : message;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    loop.log.ifOurs(cause);
    ctx.close();
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
    if (!closed && !failed && context != null && channel.isActive()) {
      goAway(connection().remote().lastStreamCreated());
      writeAll();
    }
    channel.close();
  }

  /** Whether Netty's handler has seen the connection end. */
  Http2Connection streams() {
    return connection();
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
