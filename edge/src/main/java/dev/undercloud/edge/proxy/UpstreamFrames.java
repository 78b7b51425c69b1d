package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** What happens on one {@link Http2Upstream}, handed to the stream it happens to. */
final class UpstreamFrames extends LinkFrames {
  private final Http2Upstream link;

  UpstreamFrames(Http2Upstream link) {
    this.link = link;
  }

  private @Nullable UpstreamStream of(int streamId) {
    return link.of(link.streams().stream(streamId));
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
    UpstreamStream mine = of(streamId);
    if (mine == null) {
      throw Http2Exception.connectionError(PROTOCOL_ERROR, "a stream that nobody opened");
    }
    mine.head(endOfStream);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
    UpstreamStream mine = of(streamId);
    int bytes = data.readableBytes() + padding;
    return mine == null ? bytes : mine.data(data, bytes, endOfStream);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    UpstreamStream mine = of(streamId);
    if (mine != null) {
      mine.reset(errorCode);
    }
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    link.settings(settings);
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx,
      int streamId,
      int promisedStreamId,
      Http2Headers headers,
      int padding)
      throws Http2Exception {
    throw Http2Exception.connectionError(PROTOCOL_ERROR, "a push that nobody asked for");
  }

  /** Called before Netty closes the streams that the replica has not seen. */
  @Override
  public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
    link.goAway();
  }

  @Override
  public void onStreamAdded(Http2Stream stream) {
    link.codec.history.opened(stream.id());
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    UpstreamStream mine = link.of(stream);
    if (mine != null) {
      mine.closed(stream);
    }
  }

  @Override
  public void writabilityChanged(Http2Stream stream) {
    UpstreamStream mine = link.of(stream);
    if (mine != null) {
      mine.wake();
    }
  }

  @Override
  void released(int streamId, int bytes) {
    link.budgets().earnUpdates(bytes);
    UpstreamStream mine = of(streamId);
    if (mine != null) {
      mine.released(bytes);
    }
  }
}
