package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;

import dev.undercloud.edge.http2.Budgets;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What connections of HTTP/2 have in common, to clients and to replicas (RFC 9113): frames are
 * handed to Netty's handler whole, what is written goes to the kernel once a turn, and streams hear
 * when they may write again. Its loop's thread only.
 */
abstract class Http2Link extends Http2ConnectionHandler implements Flushable {
  /** Of all streams, before they are flushed in the midst of a turn. */
  private static final int MOST_UNFLUSHED = 256 << 10;

  /** One stream, as its connection knows it. */
  interface Part {
    /** Everything that was read is dealt with; after {@link #touch}. */
    void readComplete();

    /** Everything so far was flushed: it may write again, or no longer; after {@link #wake}. */
    void writable();

    /** Lets {@link #writable} be called once what is written was flushed. */
    void wake();

    /** Takes a DATA frame; the bytes of it, {@code flow} in all, that the windows may have back. */
    int data(ByteBuf data, int flow, boolean ended) throws Http2Exception;

    /** DATA have passed the windows. */
    void released(int bytes);

    /** Netty has forgotten the stream, {@code was}. */
    void closed(Http2Stream was);
  }

  final Loop loop;
  final Http2Codec codec;
  private final FrameSplitter splitter;

  /** Streams that have something to do when what was read is dealt with. */
  private final ArrayList<Part> touched = new ArrayList<>();

  /** Streams that may be written again, or no longer. */
  private ArrayList<Part> changed = new ArrayList<>();

  private ArrayList<Part> waking = new ArrayList<>();
  private @Nullable ChannelHandlerContext context;
  private int reads;
  private boolean waits;
  private boolean flushing;
  private int unflushed;

  /** GOAWAY with an error was sent: nothing is read any more. */
  boolean failed;

  boolean closed;

  Http2Link(Loop loop, Http2Codec codec, Http2Settings settings, FrameSplitter splitter) {
    // Closing a channel closes it: we say goodbye ourselves.
    super(codec.decoder, codec.encoder, settings, true);
    this.loop = loop;
    this.codec = codec;
    this.splitter = splitter;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return context;
  }

  boolean isInPipeline() {
    return context != null;
  }

  Channel channel() {
    return context().channel();
  }

  Budgets budgets() {
    return codec.budgets;
  }

  /** Netty's state of the streams. */
  Http2Connection streams() {
    return connection();
  }

  /** What the stream's property holds; null where it is none of ours. */
  @SuppressWarnings("TypeParameterUnusedInFormals")
  <T> @Nullable T of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(codec.key);
  }

  /** Lets {@code bytes} of all streams together be on their way to us. */
  void openWindow(int bytes) throws Http2Exception {
    int more = bytes - codec.receiving().initialWindowSize();
    codec.receiving().incrementWindowSize(connection().connectionStream(), more);
    flushSoon();
  }

  // ---------------------------------------------------------------- reading

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    ByteBuf in = (ByteBuf) message;
    if (++reads >= Loop.READS_A_TURN) {
      Channels.setReading(ctx.channel(), false);
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
      Channels.setReading(ctx.channel(), true);
    }
    reads = 0;
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).readComplete();
    }
    touched.clear();
    flushSoon();
  }

  /** Calls {@link Part#readComplete} at the end of this read. */
  void touch(Part stream) {
    touched.add(stream);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    closed = true;
    splitter.close();
    super.channelInactive(ctx);
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
      flushLater();
    }
  }

  /** Asks the loop for {@link #flushNow}. */
  abstract void flushLater();

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
      flushed();
      wakeAll();
    } finally {
      flushing = false;
    }
  }

  /** Everything so far was handed to the channel. */
  abstract void flushed();

  /** Who fills the windows again meanwhile waits for the next flush. */
  private void wakeAll() {
    ArrayList<Part> all = changed;
    changed = waking;
    waking = all;
    for (int i = 0; i < all.size(); i++) {
      all.get(i).writable();
    }
    all.clear();
  }

  void writeAll() {
    ChannelHandlerContext ctx = context();
    try {
      codec.sending().writePendingBytes();
    } catch (Http2Exception e) {
      onError(ctx, true, e);
    }
    codec.writer.writeOut(ctx);
    ctx.flush();
  }

  /** Calls {@link Part#writable} when everything so far was flushed. */
  void wake(Part stream) {
    changed.add(stream);
    flushSoon();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    codec.sending().channelWritabilityChanged();
    flushSoon();
  }

  /** Gives back {@code bytes} of the windows. */
  void giveBack(@Nullable Http2Stream stream, int bytes) {
    try {
      if (codec.receiving().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  // ---------------------------------------------------------------- errors

  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int id, long error, ChannelPromise promise) {
    codec.history.reset(id);
    return super.resetStream(ctx, id, error, promise);
  }

  @Override
  protected final void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (failed) {
      return;
    }
    failed = true;
    if (error == null) {
      loop.log.ifOurs(cause);
    }
    fail(ctx, cause, error);
  }

  /**
   * Says GOAWAY and closes; called once.
   *
   * @param error what Netty found in {@code cause}; null where it found a fault of ours
   */
  abstract void fail(ChannelHandlerContext ctx, Throwable cause, @Nullable Http2Exception error);

  /** What GOAWAY says of it. */
  static long code(@Nullable Http2Exception error) {
    return (error == null ? INTERNAL_ERROR : error.error()).code();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    loop.log.ifOurs(cause);
    ctx.close();
  }
}
