package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.ChunkEncoder;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.net.Descriptor;
import dev.undercloud.edge.net.Outgoing;
import dev.undercloud.edge.net.Sends;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.FileRegion;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes what one HTTP/1 client gets. Its loop's thread only. */
final class ResponseWriter {
  /** Up to here copying a body piece behind the head is cheaper than a second buffer to write. */
  private static final int COPIED_BODY = 8 << 10;

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int LAST_CHUNK_BYTES = 5;
  private static final byte[] NO_TRAILERS = {};

  /** As much as a channel takes before it says that it is not writable. */
  private static final int MOST_UNFLUSHED = 64 << 10;

  private final Loop loop;
  private final Channel channel;

  /** Null where bytes must pass the channel: for TLS, and on transports other than epoll. */
  private final @Nullable Descriptor socket;

  private final Outgoing out;

  /** Being sent; null for none. */
  private @Nullable FileRegion file;

  private byte[] trailers = NO_TRAILERS;
  private int headLength;
  private long written;
  private long flushed;

  ResponseWriter(Loop loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
    socket = channel.pipeline().get(SslHandler.class) == null ? Descriptor.of(channel) : null;
    out = new Outgoing(channel, socket);
  }

  @Nullable Descriptor socket() {
    return socket;
  }

  void continueNow() {
    bytes(CONTINUE);
    flush();
  }

  /** The interim response that the loop has just parsed. */
  void interim(int minor, long id) {
    int length = loop.rewriter.write(loop.response, loop.in, minor, true, id, loop.edits, loop.out);
    write(loop.alloc().directBuffer(length).writeBytes(loop.out, 0, length));
    flush();
  }

  /** Rewrites the head that the loop has just parsed; the loop's rewriter holds what follows. */
  void prepare(int minor, boolean keepAlive, long id) {
    trailers = NO_TRAILERS;
    headLength =
        loop.rewriter.write(loop.response, loop.in, minor, keepAlive, id, loop.edits, loop.out);
  }

  /** Sends the prepared head with the first {@code length} bytes of {@code in}. */
  void head(ByteBuf in, int length) {
    boolean copied = length <= COPIED_BODY;
    ByteBuf out = loop.responses.take(copied ? headLength + length : headLength);
    out.writeBytes(loop.out, 0, headLength);
    if (copied) {
      out.writeBytes(in, length);
      write(out);
    } else {
      write(out);
      write(in.readRetainedSlice(length));
    }
  }

  /** Takes the reference of {@code piece}. */
  void body(ByteBuf piece, Transfer transfer) {
    if (!piece.isReadable()) {
      piece.release();
      return;
    }
    if (transfer != Transfer.CHUNK) {
      write(piece);
      return;
    }
    ByteBuf begin = loop.alloc().directBuffer(ChunkEncoder.BEGIN_BYTES);
    ChunkEncoder.begin(piece.readableBytes(), begin);
    write(begin);
    write(piece);
    ByteBuf end = loop.alloc().directBuffer(2);
    ChunkEncoder.end(end);
    write(end);
  }

  /** Field lines for the last chunk. */
  void trailers(byte[] lines, int length) {
    trailers = Arrays.copyOf(lines, length);
  }

  void lastChunk() {
    byte[] lines = trailers;
    trailers = NO_TRAILERS;
    ByteBuf last = loop.alloc().directBuffer(LAST_CHUNK_BYTES + lines.length);
    ChunkEncoder.last(lines, last);
    write(last);
  }

  void bytes(byte[] bytes) {
    write(loop.alloc().directBuffer(bytes.length).writeBytes(bytes));
  }

  /** Takes the reference of {@code part}; {@code whenOver} runs when the kernel has taken it. */
  void file(FileRegion part, ChannelFutureListener whenOver) {
    written += part.count();
    file = part;
    out.write(part).addListener(sent -> file = null).addListener(whenOver);
  }

  /** Bytes that the kernel has not taken. */
  long pendingBytes() {
    return Channels.pendingBytes(channel) + out.heldBytes() + unsentOfFile();
  }

  /** Of a file: the channel does not count those. */
  private long unsentOfFile() {
    FileRegion part = file;
    return part == null ? 0 : part.count() - part.transferred();
  }

  private void write(ByteBuf bytes) {
    written += bytes.readableBytes();
    out.write(bytes);
  }

  /**
   * Moves up to {@code most} bytes of {@code from} to the client, behind what was written, where
   * that is possible without looking at them.
   *
   * @return how many have left {@code from}
   */
  long moveFrom(Descriptor from, long most) {
    flush();
    if (socket == null || !Channels.isDrained(channel)) {
      return 0;
    }
    long moved = loop.pipe.move(from, socket, most);
    written += moved;
    flushed += moved;
    return moved;
  }

  /** Adds what {@link #flush} would send to {@code together}. */
  void offer(Sends together) {
    if (flushed < written) {
      out.offer(together);
    }
  }

  void flush() {
    if (flushed < written) {
      flushed = written;
      out.flush();
    }
  }

  /** Whether little waits for a flush: before that, TLS hides from the channel what there is. */
  boolean isModest() {
    return written - flushed < MOST_UNFLUSHED && file == null;
  }

  /** Bytes that the kernel has taken, of all exchanges. */
  long sentBytes() {
    return written - pendingBytes();
  }

  /** The channel is closed. */
  void closed() {
    out.drop();
  }
}
