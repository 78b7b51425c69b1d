package dev.undercloud.edge.proxy;

import static dev.undercloud.edge.http2.Http2Limits.FIELDS_BYTES;
import static dev.undercloud.edge.http2.Http2Limits.REPLICA_STREAM_WINDOW;
import static dev.undercloud.edge.http2.Http2Limits.SMALL_CONTINUATIONS;
import static dev.undercloud.edge.http2.Http2Limits.STREAMS;

import dev.undercloud.edge.http2.BudgetedReader;
import dev.undercloud.edge.http2.Budgets;
import dev.undercloud.edge.http2.FieldList;
import dev.undercloud.edge.http2.FrameWriter;
import dev.undercloud.edge.http2.StreamHistory;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import org.jspecify.annotations.Nullable;

/**
 * Netty's parts of one HTTP/2 connection, set up as we want them: fields are checked by us, in one
 * place and with a record; priorities are ignored (RFC 9113, 5.3.2); everything has a limit.
 */
final class Http2Codec {
  final Budgets budgets;
  final StreamHistory history;
  final Http2ConnectionDecoder decoder;
  final Http2ConnectionEncoder encoder;
  final FrameWriter writer = new FrameWriter(this::released);

  /** Where a stream keeps its {@link Http2Link.Part}. */
  final Http2Connection.PropertyKey key;

  private final Http2Connection connection;
  private @Nullable LinkFrames<?> frames;

  /** For a connection to a client. */
  static Http2Codec server(Loop loop) {
    return new Http2Codec(loop, new DefaultHttp2Connection(true), new Budgets(loop::nanos));
  }

  /** For a connection to a replica. */
  static Http2Codec client(Loop loop) {
    Http2Connection connection = new DefaultHttp2Connection(false);
    connection.local().allowPushTo(false);
    return new Http2Codec(loop, connection, Budgets.ofReplica(loop::nanos));
  }

  private Http2Codec(Loop loop, Http2Connection connection, Budgets budgets) {
    this.connection = connection;
    this.budgets = budgets;
    history = new StreamHistory(connection);
    key = connection.newKey();
    Http2RemoteFlowController sending =
        new DefaultHttp2RemoteFlowController(
            connection, new UniformStreamByteDistributor(connection));
    connection.remote().flowController(sending);
    // A replica opens none: all that it could is pushing.
    connection.remote().maxActiveStreams(connection.isServer() ? STREAMS : 0);
    encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
    DefaultHttp2FrameReader reader =
        new DefaultHttp2FrameReader(new Fields(loop.fields), SMALL_CONTINUATIONS);
    decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            new BudgetedReader(reader, budgets, history),
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false);
  }

  /** What a client is told. */
  static Http2Settings settings() {
    return new Http2Settings()
        .maxConcurrentStreams(STREAMS)
        .maxHeaderListSize(FIELDS_BYTES)
        .connectProtocolEnabled(true);
  }

  /** What a replica is told. */
  static Http2Settings replicaSettings() {
    return new Http2Settings()
        .pushEnabled(false)
        .initialWindowSize(REPLICA_STREAM_WINDOW)
        .maxHeaderListSize(FIELDS_BYTES);
  }

  /** From now on what happens is told to {@code frames}. */
  void serve(LinkFrames<?> frames) {
    this.frames = frames;
    decoder.frameListener(frames);
    connection.addListener(frames);
    sending().listener(frames);
  }

  private void released(int streamId, int bytes) {
    if (frames != null) {
      frames.released(streamId, bytes);
    }
  }

  /** The other side's windows, which bound what we send. */
  Http2RemoteFlowController sending() {
    return connection.remote().flowController();
  }

  /** Our windows, which bound what we are sent. */
  Http2LocalFlowController receiving() {
    return connection.local().flowController();
  }

  /** Decodes into the loop's list, which is read before the next head is decoded. */
  private static final class Fields extends DefaultHttp2HeadersDecoder {
    private final FieldList list;

    Fields(FieldList list) {
      super(false, FIELDS_BYTES);
      this.list = list;
    }

    @Override
    protected Http2Headers newHeaders() {
      return list.clear();
    }
  }
}
