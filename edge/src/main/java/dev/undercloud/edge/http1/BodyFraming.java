package dev.undercloud.edge.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows one body after another on one side of a connection and says which bytes belong to it (RFC
 * 9112, 6 and 7). It never holds or changes bytes: what it takes can be passed on as it came. Not
 * safe across threads.
 */
public final class BodyFraming {
  private enum Kind {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private final ChunkedFraming chunks = new ChunkedFraming();
  private Kind kind = Kind.NONE;
  private long left;
  private long payload;

  /** The message has no body. */
  public void none() {
    start(Kind.NONE);
  }

  /** The body has {@code length} bytes; 0 or more. */
  public void length(long length) {
    start(length == 0 ? Kind.NONE : Kind.LENGTH);
    left = length;
  }

  public void chunked() {
    start(Kind.CHUNKED);
    chunks.start();
  }

  /** The body ends with the connection, which {@link #end} tells. */
  public void untilClose() {
    start(Kind.UNTIL_CLOSE);
  }

  /** The body a parsed request declares. */
  public void of(RequestHead head) {
    if (head.chunked) {
      chunked();
    } else {
      length(Math.max(0, head.contentLength));
    }
  }

  /** The body a parsed response declares. */
  public void of(ResponseHead head) {
    switch (head.body) {
      case NONE -> none();
      case LENGTH -> length(head.contentLength);
      case CHUNKED -> chunked();
      case UNTIL_CLOSE, STREAM -> untilClose();
    }
  }

  private void start(Kind next) {
    kind = next;
    payload = 0;
  }

  /** Whether the body has ended. */
  public boolean done() {
    return kind == Kind.NONE;
  }

  /** Whether what is to come is framed in chunks. */
  public boolean isChunked() {
    return kind == Kind.CHUNKED;
  }

  /** Keeps the trailers of the chunked body that begins. */
  public void keepTrailers() {
    chunks.trailers.keep();
  }

  /** Trailers that were kept: field lines in the first {@link #trailerBytes}. */
  public byte[] trailers() {
    return chunks.trailers.kept();
  }

  /** 0 where there were none, or none were kept. */
  public int trailerBytes() {
    return chunks.trailers.keptBytes();
  }

  /** Whether the body could end here: its framing is that of the connection, or chunks. */
  public boolean mayEnd() {
    return kind == Kind.UNTIL_CLOSE || kind == Kind.CHUNKED && chunks.isBetweenChunks();
  }

  /** Whether the end of the connection is the end of the body. */
  public boolean endsWithConnection() {
    return kind == Kind.UNTIL_CLOSE;
  }

  /** The connection has ended: whether the body is whole. Either way there is none afterwards. */
  public boolean end() {
    boolean whole = kind == Kind.NONE || kind == Kind.UNTIL_CLOSE;
    kind = Kind.NONE;
    return whole;
  }

  /** Body bytes so far, without framing. */
  public long payloadBytes() {
    return payload;
  }

  /** Bytes still to come of a body with a length; -1 where nobody knows. */
  public long remaining() {
    return switch (kind) {
      case NONE -> 0;
      case LENGTH -> left;
      case CHUNKED, UNTIL_CLOSE -> -1;
    };
  }

  /**
   * Takes from {@code in[from, to)} what belongs to this body: the number of bytes, fewer than
   * offered only where the body ends, or a {@link Reject#code}, after which the connection is of no
   * more use. Indexes of {@code in} do not change.
   */
  public int take(ByteBuf in, int from, int to) {
    return take(in, from, to, null);
  }

  /** The same, and appends the body bytes without framing to {@code sink}. */
  public int take(ByteBuf in, int from, int to, @Nullable ByteBuf sink) {
    switch (kind) {
      case NONE:
        return 0;
      case CHUNKED:
        int taken = chunks.take(in, from, to, sink);
        payload = chunks.payload;
        if (chunks.done()) {
          kind = Kind.NONE;
        }
        return taken;
      case LENGTH:
        int part = (int) Math.min(left, to - from);
        left -= part;
        if (left == 0) {
          kind = Kind.NONE;
        }
        return plain(in, from, part, sink);
      case UNTIL_CLOSE:
        return plain(in, from, to - from, sink);
    }
    throw new AssertionError(kind);
  }

  /** How many of the bytes to come are of this body whatever they are; 0 where one must look. */
  public long unseen() {
    return switch (kind) {
      case NONE, CHUNKED -> 0;
      case LENGTH -> left;
      case UNTIL_CLOSE -> Long.MAX_VALUE;
    };
  }

  /** {@code bytes} of this body, at most {@link #unseen}, have passed without being looked at. */
  public void passed(long bytes) {
    payload += bytes;
    if (kind == Kind.LENGTH) {
      left -= bytes;
      if (left == 0) {
        kind = Kind.NONE;
      }
    }
  }

  private int plain(ByteBuf in, int from, int length, @Nullable ByteBuf sink) {
    if (sink != null) {
      sink.writeBytes(in, from, length);
    }
    payload += length;
    return length;
  }
}
