package dev.undercloud.edge.http2;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2FrameTypes.DATA;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;

/**
 * Netty's writer of frames, but for DATA: small ones go as one buffer, and nothing is allocated to
 * learn that each half of a frame was written. One for each connection; its event loop only.
 */
public final class FrameWriter extends DefaultHttp2FrameWriter {
  /** Up to here copying a payload behind its frame's head is cheaper than a second buffer. */
  private static final int COPIED = 8 << 10;

  private static final byte END_STREAM = 1;

  /** Hears of DATA that the windows let go. */
  public interface Released {
    void released(int streamId, int bytes);
  }

  private final Released released;

  public FrameWriter(Released released) {
    // What a client says of the size of heads is advice (RFC 9113, 6.5.2); most say nothing.
    super(new DefaultHttp2HeadersEncoder((name, value) -> Sensitive.is(name), true));
    this.released = released;
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
    int most = maxFrameSize();
    while (data.readableBytes() > most) {
      frame(ctx, streamId, data.readRetainedSlice(most), false, ctx.voidPromise());
    }
    ChannelFuture last = frame(ctx, streamId, data, endStream, promise);
    released.released(streamId, bytes);
    return last;
  }

  private static ChannelFuture frame(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, boolean end, ChannelPromise promise) {
    int bytes = data.readableBytes();
    boolean copied = bytes <= COPIED;
    ByteBuf head = ctx.alloc().directBuffer(FRAME_HEADER_LENGTH + (copied ? bytes : 0));
    head.writeMedium(bytes);
    head.writeByte(DATA);
    head.writeByte(end ? END_STREAM : 0);
    head.writeInt(streamId);
    if (copied) {
      head.writeBytes(data);
      data.release();
      return ctx.write(head, promise);
    }
    ctx.write(head, ctx.voidPromise());
    return ctx.write(data, promise);
  }
}
