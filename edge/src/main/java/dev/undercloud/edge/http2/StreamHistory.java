package dev.undercloud.edge.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Which streams of a connection were open lately, and which of them we have reset: HEADERS for a
 * stream that is gone mean something else in each case (RFC 9113, 5.1 and 5.1.1). Its event loop
 * only.
 */
public final class StreamHistory {
  /**
   * Twice as many as may be open at once: older ones count as never opened, which is an error too.
   */
  private static final int KEPT = 2 * Http2Limits.STREAMS;

  private final Http2Connection connection;

  /** Ids by half their value; negative where we have reset the stream. */
  private final int[] ids = new int[KEPT];

  public StreamHistory(Http2Connection connection) {
    this.connection = connection;
  }

  public void opened(int id) {
    ids[slot(id)] = id;
  }

  /** We have reset a stream: what was on its way then is no fault of the client. */
  public void reset(int id) {
    if (ids[slot(id)] == id) {
      ids[slot(id)] = -id;
    }
  }

  /**
   * Whether HEADERS for this stream are to be looked at; where not, they came too late.
   *
   * @throws Http2Exception where they may not come
   */
  boolean takesHeaders(int id) throws Http2Exception {
    Http2Stream stream = connection.stream(id);
    if (stream != null) {
      if (stream.isResetSent()) {
        // Ours is on its way; Netty would say so in the log, once for each.
        return false;
      }
      if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE && stream.isHeadersReceived()) {
        throw Http2Exception.streamError(id, STREAM_CLOSED, "HEADERS came behind the stream's end");
      }
      return true;
    }
    if (!connection.streamMayHaveExisted(id)) {
      if (!connection.isServer()) {
        throw Http2Exception.connectionError(PROTOCOL_ERROR, "HEADERS came for no stream of ours");
      }
      return true;
    }
    if (ids[slot(id)] == -id) {
      return false;
    }
    throw ids[slot(id)] == id
        ? Http2Exception.connectionError(STREAM_CLOSED, "HEADERS came for a closed stream")
        : Http2Exception.connectionError(
            PROTOCOL_ERROR, "A stream's id is lower than the last one");
  }

  private static int slot(int id) {
    return (id >>> 1) % KEPT;
  }
}
