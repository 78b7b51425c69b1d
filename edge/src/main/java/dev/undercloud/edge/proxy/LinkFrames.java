package dev.undercloud.edge.proxy;

import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2RemoteFlowController;

/** What happens on one {@link Http2Link}, handed to the stream it happens to. Its loop's thread. */
abstract class LinkFrames extends Http2EventAdapter implements Http2RemoteFlowController.Listener {
  /** Bytes of a stream have passed its window. */
  abstract void released(int streamId, int bytes);
}
