package dev.undercloud.edge.http2;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2FrameTypes.CONTINUATION;
import static io.netty.handler.codec.http2.Http2FrameTypes.DATA;
import static io.netty.handler.codec.http2.Http2FrameTypes.HEADERS;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Netty's writer of frames, but for HEADERS and small DATA: those of one turn are gathered in one
 * buffer, which {@link #writeOut} writes; every other frame lets them go first. One for each
 * connection; its event loop only.
 */
public final class FrameWriter extends DefaultHttp2FrameWriter {
  /** What TLS encrypts at once. */
  private static final int GATHERED_BYTES = 16 << 10;

  /** Up to here copying a payload is cheaper than a buffer of its own. */
  private static final int COPIED = 8 << 10;

  private static final byte END_STREAM = 1;
  private static final byte END_HEADERS = 4;

  /** Hears of DATA that the windows let go. */
  public interface Released {
    void released(int streamId, int bytes);
  }

  private final DefaultHttp2HeadersEncoder hpack;
  private final Released released;
  private ArrayList<ChannelPromise> waiting = new ArrayList<>();
  private @Nullable ByteBuf gathered;
  private boolean closed;

  public FrameWriter(Released released) {
    // What a client says of the size of heads is advice (RFC 9113, 6.5.2); most say nothing.
    this(new DefaultHttp2HeadersEncoder((name, value) -> Sensitive.is(name), true), released);
  }

  private FrameWriter(DefaultHttp2HeadersEncoder hpack, Released released) {
    super(hpack);
    this.hpack = hpack;
    this.released = released;
  }

  /** Writes what was gathered; a flush must follow. */
  public void writeOut(ChannelHandlerContext ctx) {
    ByteBuf out = gathered;
    if (out == null) {
      return;
    }
    gathered = null;
    if (waiting.isEmpty()) {
      ctx.write(out, ctx.voidPromise());
      return;
    }
    ArrayList<ChannelPromise> told = waiting;
    waiting = new ArrayList<>();
    ctx.write(out).addListener(written -> tell(told, written));
  }

  private static void tell(ArrayList<ChannelPromise> told, Future<?> written) {
    for (int i = 0; i < told.size(); i++) {
      if (written.isSuccess()) {
        told.get(i).trySuccess();
      } else {
        told.get(i).tryFailure(written.cause());
      }
    }
  }

  private ByteBuf room(ChannelHandlerContext ctx, int bytes) {
    ByteBuf to = gathered;
    if (to != null && to.writableBytes() < bytes) {
      writeOut(ctx);
      to = gathered;
    }
    if (to == null) {
      gathered = to = ctx.alloc().directBuffer(Math.max(GATHERED_BYTES, bytes));
    }
    return to;
  }

  private ChannelPromise later(ChannelPromise promise) {
    if (!promise.isVoid()) {
      waiting.add(promise);
    }
    return promise;
  }

  @Override
  public ChannelFuture writeData(
      ChannelHandlerContext ctx,
      int streamId,
      ByteBuf data,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    int bytes = data.readableBytes();
    if (closed) {
      data.release();
      promise.tryFailure(new ClosedChannelException());
      return promise;
    }
    if (bytes <= COPIED) {
      ByteBuf to = room(ctx, FRAME_HEADER_LENGTH + bytes);
      head(to, bytes, DATA, endStream ? END_STREAM : 0, streamId);
      to.writeBytes(data);
      data.release();
      later(promise);
    } else {
      large(ctx, streamId, data, endStream, promise);
    }
    released.released(streamId, bytes);
    return promise;
  }

  private void large(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, boolean end, ChannelPromise promise) {
    int most = maxFrameSize();
    while (data.readableBytes() > most) {
      head(room(ctx, FRAME_HEADER_LENGTH), most, DATA, 0, streamId);
      writeOut(ctx);
      ctx.write(data.readRetainedSlice(most), ctx.voidPromise());
    }
    int rest = data.readableBytes();
    head(room(ctx, FRAME_HEADER_LENGTH), rest, DATA, end ? END_STREAM : 0, streamId);
    writeOut(ctx);
    ctx.write(data, promise);
  }

  @Override
  public ChannelFuture writeHeaders(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    if (closed) {
      promise.tryFailure(new ClosedChannelException());
      return promise;
    }
    ByteBuf to = room(ctx, FRAME_HEADER_LENGTH + COPIED);
    int at = to.writerIndex();
    to.writeZero(FRAME_HEADER_LENGTH);
    try {
      hpack.encodeHeaders(streamId, headers, to);
    } catch (Http2Exception failure) {
      to.writerIndex(at);
      return promise.setFailure(failure);
    }
    int end = to.writerIndex();
    int bytes = end - at - FRAME_HEADER_LENGTH;
    int flags = endStream ? END_STREAM : 0;
    if (bytes > maxFrameSize()) {
      split(to, at, flags, streamId);
    } else {
      to.writerIndex(at);
      head(to, bytes, HEADERS, flags | END_HEADERS, streamId);
      to.writerIndex(end);
    }
    return later(promise);
  }

  /** Says a block that is too long for one frame again, in several. */
  private void split(ByteBuf to, int at, int flags, int streamId) {
    ByteBuf block = to.copy(at + FRAME_HEADER_LENGTH, to.writerIndex() - at - FRAME_HEADER_LENGTH);
    to.writerIndex(at);
    int type = HEADERS;
    while (block.isReadable()) {
      int bytes = Math.min(maxFrameSize(), block.readableBytes());
      int last = bytes == block.readableBytes() ? END_HEADERS : 0;
      head(to, bytes, type, flags | last, streamId);
      to.writeBytes(block, bytes);
      type = CONTINUATION;
      flags = 0;
    }
    block.release();
  }

  private static void head(ByteBuf to, int length, int type, int flags, int streamId) {
    to.writeMedium(length);
    to.writeByte(type);
    to.writeByte(flags);
    to.writeInt(streamId);
  }

  @Override
  public ChannelFuture writeRstStream(
      ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
    writeOut(ctx);
    return super.writeRstStream(ctx, streamId, errorCode, promise);
  }

  @Override
  public ChannelFuture writeSettings(
      ChannelHandlerContext ctx, Http2Settings settings, ChannelPromise promise) {
    writeOut(ctx);
    return super.writeSettings(ctx, settings, promise);
  }

  @Override
  public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
    writeOut(ctx);
    return super.writeSettingsAck(ctx, promise);
  }

  @Override
  public ChannelFuture writePing(
      ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
    writeOut(ctx);
    return super.writePing(ctx, ack, data, promise);
  }

  @Override
  public ChannelFuture writeGoAway(
      ChannelHandlerContext ctx,
      int lastStreamId,
      long errorCode,
      ByteBuf debugData,
      ChannelPromise promise) {
    writeOut(ctx);
    return super.writeGoAway(ctx, lastStreamId, errorCode, debugData, promise);
  }

  @Override
  public ChannelFuture writeWindowUpdate(
      ChannelHandlerContext ctx, int streamId, int windowSizeIncrement, ChannelPromise promise) {
    writeOut(ctx);
    return super.writeWindowUpdate(ctx, streamId, windowSizeIncrement, promise);
  }

  @Override
  public ChannelFuture writeFrame(
      ChannelHandlerContext ctx,
      byte frameType,
      int streamId,
      Http2Flags flags,
      ByteBuf payload,
      ChannelPromise promise) {
    writeOut(ctx);
    return super.writeFrame(ctx, frameType, streamId, flags, payload, promise);
  }

  /** The connection is gone, and with it what was gathered. */
  @Override
  public void close() {
    super.close();
    closed = true;
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
    ArrayList<ChannelPromise> told = waiting;
    waiting = new ArrayList<>();
    ClosedChannelException gone = new ClosedChannelException();
    told.forEach(promise -> promise.tryFailure(gone));
  }
}
