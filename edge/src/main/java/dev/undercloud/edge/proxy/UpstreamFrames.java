package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** What happens on one {@link Http2Upstream}, handed to the stream it happens to. */
final class UpstreamFrames extends LinkFrames<UpstreamStream> {
  private final Http2Upstream link;

  UpstreamFrames(Http2Upstream link) {
    super(link);
    this.link = link;
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
}
