package dev.undercloud.edge.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/** What happens on one HTTP/2 connection, handed to the stream it happens to. */
final class Http2Frames extends LinkFrames<ClientStream> {
  private final Http2Client client;

  Http2Frames(Http2Client client) {
    super(client);
    this.client = client;
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
    Http2Stream stream = client.streams().stream(streamId);
    ClientStream mine = client.of(stream);
    if (mine == null) {
      client.open(stream).head(stream, endOfStream);
    } else {
      mine.trailers();
    }
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    ClientStream mine = of(streamId);
    if (mine != null) {
      mine.gone();
    }
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    client.answeredPing();
  }
}
