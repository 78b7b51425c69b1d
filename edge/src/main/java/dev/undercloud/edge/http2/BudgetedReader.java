package dev.undercloud.edge.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Counts frames as they are read, before anybody looks at the state of their stream: frames for
 * streams that are gone cost as much as others. Says too whether HEADERS may come at all. One for
 * each connection; its event loop only.
 */
public final class BudgetedReader implements Http2FrameReader {
  private final Http2FrameReader reader;
  private final Budgets budgets;
  private final StreamHistory history;
  private @Nullable Http2FrameListener inner;
  private @Nullable Counter counter;

  public BudgetedReader(Http2FrameReader reader, Budgets budgets, StreamHistory history) {
    this.reader = reader;
    this.budgets = budgets;
    this.history = history;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener)
      throws Http2Exception {
    Counter counting = counter;
    if (counting == null || inner != listener) {
      inner = listener;
      counter = counting = new Counter(listener);
    }
    reader.readFrame(ctx, input, counting);
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  private final class Counter extends Http2FrameListenerDecorator {
    Counter(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
        throws Http2Exception {
      if (!endOfStream && !data.isReadable()) {
        budgets.spend(Budget.EMPTY_FRAMES);
      }
      return super.onDataRead(ctx, streamId, data, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      if (headers.size() == 0) {
        budgets.spend(Budget.EMPTY_FRAMES);
      }
      if (history.takesHeaders(streamId)) {
        super.onHeadersRead(ctx, streamId, headers, padding, endOfStream);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      if (headers.size() == 0) {
        budgets.spend(Budget.EMPTY_FRAMES);
      }
      if (history.takesHeaders(streamId)) {
        super.onHeadersRead(
            ctx, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
      }
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx,
        int streamId,
        int streamDependency,
        short weight,
        boolean exclusive)
        throws Http2Exception {
      budgets.spend(Budget.PRIORITIES);
      super.onPriorityRead(ctx, streamId, streamDependency, weight, exclusive);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
        throws Http2Exception {
      budgets.spend(Budget.RESETS);
      super.onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
      budgets.spend(Budget.SETTINGS);
      super.onSettingsAckRead(ctx);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      budgets.spend(Budget.SETTINGS);
      super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      budgets.spend(Budget.PINGS);
      super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      budgets.spend(Budget.PINGS);
      super.onPingAckRead(ctx, data);
    }

    @Override
    public void onGoAwayRead(
        ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData)
        throws Http2Exception {
      budgets.spend(Budget.EMPTY_FRAMES);
      super.onGoAwayRead(ctx, lastStreamId, errorCode, debugData);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int windowSizeIncrement)
        throws Http2Exception {
      budgets.spend(Budget.WINDOW_UPDATES);
      super.onWindowUpdateRead(ctx, streamId, windowSizeIncrement);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      budgets.spend(Budget.UNKNOWN_FRAMES);
      super.onUnknownFrame(ctx, frameType, streamId, flags, payload);
    }
  }
}
