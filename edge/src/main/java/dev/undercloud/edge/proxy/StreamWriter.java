package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http2.FrameWriter;
import dev.undercloud.edge.http2.ResponseFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes what the other side gets on one stream. Reused. Its loop's thread only. */
final class StreamWriter {
  /** More than this is not kept back only to see whether it is the last of its stream. */
  private static final int KEPT_BYTES = 16 << 10;

  private final Http2Link link;
  private final Loop loop;
  private @Nullable Http2Stream stream;

  /** The last piece: with END_STREAM if nothing follows. */
  private @Nullable ByteBuf last;

  private @Nullable Http2Headers trailers;
  private int headLength;
  private long handed;
  private long released;
  private boolean ended;
  private boolean ending;

  StreamWriter(Http2Link link) {
    this.link = link;
    loop = link.loop;
  }

  void begin(Http2Stream stream) {
    this.stream = stream;
    handed = released = 0;
    ended = ending = false;
    trailers = null;
  }

  /** Fields that end the stream behind its data. */
  void trailers(Http2Headers fields) {
    trailers = fields;
  }

  /** The loop's {@code out} holds a head of this length, for {@link #head}. */
  void prepared(int length) {
    headLength = length;
  }

  /**
   * Sends the prepared head.
   *
   * @param whenLast hears when it was sent, if it is all there is; else null
   */
  void head(int status, @Nullable ChannelFutureListener whenLast) {
    loop.responseFields.read(loop.out, headLength, status);
    fields(whenLast);
  }

  /** Sends the loop's response fields. */
  void fields(@Nullable ChannelFutureListener whenLast) {
    Http2Stream to = stream;
    if (to == null || ended) {
      return;
    }
    boolean end = whenLast != null;
    ended = ending = end;
    ChannelHandlerContext ctx = link.context();
    if (end) {
      link.encoder().writeHeaders(ctx, to.id(), loop.responseFields, 0, true, promise(whenLast));
    } else {
      // What Netty does besides is to look whether this is allowed here, which it is.
      FrameWriter frames = link.codec.writer;
      frames.writeHeaders(ctx, to.id(), loop.responseFields, 0, false, ctx.voidPromise());
      to.headersSent(loop.responseFields.isInterim());
    }
    link.flushSoon();
  }

  /**
   * Opens the stream with the fields of a request.
   *
   * @param whenLast hears when they were sent, if they are all there is; else null
   */
  void open(Http2Headers fields, @Nullable ChannelFutureListener whenLast) {
    Http2Stream to = Objects.requireNonNull(stream);
    boolean end = whenLast != null;
    ended = ending = end;
    ChannelHandlerContext ctx = link.context();
    ChannelPromise promise = end ? promise(whenLast) : ctx.voidPromise();
    link.codec.writer.writeHeaders(ctx, to.id(), fields, 0, end, promise);
    to.headersSent(false);
  }

  /** A whole response, written as HTTP/1.1 would have it. */
  void page(byte[] page, ChannelFutureListener whenLast) {
    int body = bodyAt(page);
    boolean end = body == page.length;
    loop.responseFields.read(page, body, ResponseFields.status(page));
    fields(end ? whenLast : null);
    if (!end) {
      body(Unpooled.wrappedBuffer(page, body, page.length - body));
      end(whenLast);
    }
  }

  private static int bodyAt(byte[] page) {
    int i = 4;
    while (page[i - 4] != '\r' || page[i - 2] != '\r' || page[i - 1] != '\n') {
      i++;
    }
    return i;
  }

  /** Takes body bytes and their reference. */
  void body(ByteBuf piece) {
    if (!piece.isReadable()) {
      piece.release();
      return;
    }
    pass();
    handed += piece.readableBytes();
    link.handed(piece.readableBytes());
    last = piece;
    if (piece.readableBytes() > KEPT_BYTES) {
      pass();
    }
  }

  /** Nothing is kept back any longer. */
  void pass() {
    ByteBuf piece = last;
    if (piece != null) {
      last = null;
      data(piece, null);
    }
  }

  /** Ends the stream's data; a second call does nothing. */
  void end(ChannelFutureListener whenSent) {
    if (!ended && stream != null) {
      Http2Headers behind = trailers;
      if (behind != null) {
        pass();
        ended = ending = true;
        ChannelHandlerContext ctx = link.context();
        link.encoder().writeHeaders(ctx, stream.id(), behind, 0, true, promise(whenSent));
        return;
      }
      ended = ending = true;
      ByteBuf piece = last == null ? Unpooled.EMPTY_BUFFER : last;
      last = null;
      data(piece, whenSent);
    }
  }

  private void data(ByteBuf piece, @Nullable ChannelFutureListener whenLast) {
    Http2Stream to = stream;
    if (to == null) {
      piece.release();
      return;
    }
    boolean end = whenLast != null;
    ChannelHandlerContext ctx = link.context();
    if (!passesAtOnce(to, piece.readableBytes())) {
      link.encoder().writeData(ctx, to.id(), piece, 0, end, promise(whenLast));
      return;
    }
    ChannelPromise promise = end ? promise(whenLast) : ctx.voidPromise();
    takeWindow(to, piece.readableBytes());
    ChannelFuture written = link.codec.writer.writeData(ctx, to.id(), piece, 0, end, promise);
    if (end) {
      link.closeStreamLocal(to, written);
    }
  }

  /**
   * Whether nothing stands in the way of these bytes, so that they need no place in the queue of
   * the windows: nearly always, and that queue costs more than all the rest of a small response.
   */
  private boolean passesAtOnce(Http2Stream to, int bytes) {
    Http2RemoteFlowController windows = link.codec.sending();
    Http2Stream.State state = to.state();
    return (state == Http2Stream.State.HALF_CLOSED_REMOTE || state == Http2Stream.State.OPEN)
        && link.channel().isWritable()
        && !windows.hasFlowControlled(to)
        && windows.windowSize(to) >= bytes
        && windows.windowSize(link.streams().connectionStream()) >= bytes;
  }

  private void takeWindow(Http2Stream to, int bytes) {
    try {
      Http2RemoteFlowController windows = link.codec.sending();
      windows.incrementWindowSize(link.streams().connectionStream(), -bytes);
      windows.incrementWindowSize(to, -bytes);
    } catch (Http2Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private ChannelPromise promise(@Nullable ChannelFutureListener listener) {
    ChannelPromise promise = link.context().newPromise();
    return listener == null ? promise : promise.addListener(listener);
  }

  /** Resets the stream: what it still held back is dropped. */
  void reset(Http2Error error) {
    Http2Stream to = stream;
    if (to != null) {
      dropLast();
      ChannelHandlerContext ctx = link.context();
      link.encoder().writeRstStream(ctx, to.id(), error.code(), ctx.newPromise());
      link.flushSoon();
    }
  }

  boolean isWritable() {
    return stream == null || link.codec.sending().isWritable(stream);
  }

  /** Bytes have passed the windows. */
  void released(int bytes) {
    released += bytes;
  }

  long released() {
    return released;
  }

  /** Bytes that wait for a window, or at the end for the kernel. */
  long pending() {
    long waiting = handed - released;
    return waiting > 0 || !ending ? waiting : Channels.pendingBytes(link.channel());
  }

  /** END_STREAM was written. */
  boolean isEnded() {
    return ended;
  }

  /** END_STREAM was written and has not been sent. */
  boolean isEnding() {
    return ending;
  }

  /** END_STREAM was sent, or never will be. */
  void sentEnd() {
    ending = false;
  }

  void close() {
    stream = null;
    dropLast();
  }

  private void dropLast() {
    if (last != null) {
      last.release();
      last = null;
    }
  }
}
