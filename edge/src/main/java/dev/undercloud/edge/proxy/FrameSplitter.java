package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE;
import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is read into runs of whole frames, and keeps only the part of a frame that is not
 * whole: whoever sends a byte of one must not hold a whole receive buffer. Its loop's thread only.
 */
final class FrameSplitter {
  private final ByteBufAllocator alloc;
  private @Nullable ByteBuf part;

  /** What comes before the first frame. */
  private final int prefaceBytes;

  private boolean begun;

  /**
   * @param prefaceBytes what a client says before its first frame; 0 for servers
   */
  FrameSplitter(ByteBufAllocator alloc, int prefaceBytes) {
    this.alloc = alloc;
    this.prefaceBytes = prefaceBytes;
    begun = prefaceBytes == 0;
  }

  /**
   * The next run of whole frames of what was kept and {@code in}, with a reference; null where
   * there is none: then {@code in} is taken in whole.
   */
  @Nullable ByteBuf next(ByteBuf in) {
    ByteBuf kept = part;
    if (kept != null) {
      return complete(kept, in);
    }
    int whole = wholeBytes(in);
    if (whole > 0) {
      begun = true;
      return in.readRetainedSlice(whole);
    }
    if (in.isReadable()) {
      int rest = in.readableBytes();
      part = alloc.directBuffer(Math.max(rest, needed(in))).writeBytes(in);
    }
    return null;
  }

  /** Adds to what is kept no more than it lacks. */
  private @Nullable ByteBuf complete(ByteBuf kept, ByteBuf in) {
    while (in.isReadable()) {
      int lacks = needed(kept) - kept.readableBytes();
      kept.writeBytes(in, Math.min(lacks, in.readableBytes()));
      if (kept.readableBytes() == needed(kept)) {
        part = null;
        begun = true;
        return kept;
      }
    }
    return null;
  }

  /** Bytes of what {@code in} begins with, as far as its beginning tells. */
  private int needed(ByteBuf in) {
    if (!begun) {
      return prefaceBytes;
    }
    if (in.readableBytes() < FRAME_HEADER_LENGTH) {
      return FRAME_HEADER_LENGTH;
    }
    return FRAME_HEADER_LENGTH + payload(in, in.readerIndex());
  }

  /** A frame that is too long is an error that its head shows: nobody waits for the rest of it. */
  private static int payload(ByteBuf in, int at) {
    int length = in.getUnsignedMedium(at);
    return length > DEFAULT_MAX_FRAME_SIZE ? 0 : length;
  }

  private int wholeBytes(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    if (!begun) {
      if (end - at < prefaceBytes) {
        return 0;
      }
      at += prefaceBytes;
    }
    while (end - at >= FRAME_HEADER_LENGTH) {
      int next = at + FRAME_HEADER_LENGTH + payload(in, at);
      if (next > end) {
        break;
      }
      at = next;
    }
    return at - in.readerIndex();
  }

  void close() {
    if (part != null) {
      part.release();
      part = null;
    }
  }
}
