package dev.undercloud.edge.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * What happens on one {@link Http2Link}, handed to the stream it happens to. Its loop's thread.
 *
 * @param <S> the streams of that link
 */
abstract class LinkFrames<S extends Http2Link.Part> extends Http2EventAdapter
    implements Http2RemoteFlowController.Listener {
  private final Http2Link link;

  LinkFrames(Http2Link link) {
    this.link = link;
  }

  /** The stream of that id; null where it is none of ours, or is gone. */
  final @Nullable S of(int streamId) {
    return link.of(link.streams().stream(streamId));
  }

  @Override
  public final int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    S mine = of(streamId);
    int bytes = data.readableBytes() + padding;
    return mine == null ? bytes : mine.data(data, bytes, endOfStream);
  }

  @Override
  public final void onStreamAdded(Http2Stream stream) {
    link.codec.history.opened(stream.id());
  }

  @Override
  public final void onStreamClosed(Http2Stream stream) {
    S mine = link.of(stream);
    if (mine != null) {
      mine.closed(stream);
    }
  }

  @Override
  public final void writabilityChanged(Http2Stream stream) {
    S mine = link.of(stream);
    if (mine != null) {
      mine.wake();
    }
  }

  /** Bytes of a stream have passed its window. */
  final void released(int streamId, int bytes) {
    link.budgets().earnUpdates(bytes);
    S mine = of(streamId);
    if (mine != null) {
      mine.released(bytes);
    }
  }
}
