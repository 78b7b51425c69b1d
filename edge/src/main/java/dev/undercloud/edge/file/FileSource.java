package dev.undercloud.edge.file;

import static dev.undercloud.edge.file.Lines.ascii;

import dev.undercloud.edge.net.Descriptor;
import dev.undercloud.edge.net.Transport;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * A file, or one part of it, on its way. Where the file is no longer what its head told, the body
 * ends early: the edge then cuts the connection, so that nobody takes half of one version and half
 * of another for a file.
 */
final class FileSource implements Source {
  /**
   * Fewer bytes are read and go with their head in one write; of more, copying them twice would
   * cost more than the second write.
   */
  private static final int LEAST_REGION = 32 << 10;

  /**
   * The most handed to the socket at once: what clients are timed by, and what a loop may spend on
   * one of them before it looks at the others, some 0.2 ms.
   */
  private static final int MOST_REGION = 1 << 20;

  /** About what a socket takes at once; more would keep the loop from its other connections. */
  private static final int PIECE_BYTES = 64 << 10;

  private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\n");
  private static final byte[] PARTIAL = ascii("HTTP/1.1 206 Partial Content\r\n");

  private final OpenFile held;
  private final Representation found;
  private final Lines lines;
  private final byte[] date;
  private final long from;
  private final long to;
  private final boolean partial;
  private final boolean lasts;
  private long position;

  /**
   * {@code found}'s bytes in {@code [from, to)}.
   *
   * @param lasts whether the request names the content
   */
  FileSource(
      Representation found,
      Lines lines,
      byte[] date,
      long from,
      long to,
      boolean partial,
      boolean lasts) {
    this.lasts = lasts;
    this.found = found;
    this.lines = lines;
    this.date = date;
    this.from = from;
    this.to = to;
    this.partial = partial;
    position = from;
    held = found.bytes().retain();
  }

  @Override
  public int head(byte[] out) {
    lines.to(out).put(partial ? PARTIAL : OK).date(date).put(found.type());
    if (partial) {
      lines.put(contentRange(from, to, found.length()));
    }
    return lines.contentLength(to - from).put(found.described()).put(found.always(lasts)).end();
  }

  static byte[] contentRange(long from, long to, long size) {
    return ascii("Content-Range: bytes " + from + "-" + (to - 1) + "/" + size + "\r\n");
  }

  @Override
  public @Nullable ByteBuf next(int most) {
    ByteBuf piece = read(found, position, to, most);
    if (piece != null) {
      position += piece.readableBytes();
    }
    return piece;
  }

  @Override
  public @Nullable FileRegion region(Descriptor socket) {
    long length = Math.min(to - position, MOST_REGION);
    if (found.memory() != null || length < LEAST_REGION) {
      return null;
    }
    FileRegion region = new SentFile(found.bytes(), socket, position, length);
    position += length;
    return region;
  }

  /** Bytes of {@code found} from {@code at} on; null at {@code end}, or where it has changed. */
  static @Nullable ByteBuf read(Representation found, long at, long end, int most) {
    int length = (int) Math.min(end - at, Math.clamp(most, 1, PIECE_BYTES));
    if (length == 0) {
      return null;
    }
    ByteBuf memory = found.memory();
    if (memory != null) {
      return memory.retainedSlice((int) at, length);
    }
    ByteBuf piece = Transport.BUFFERS.directBuffer(length);
    int read = found.bytes().read(piece, length, at);
    // Its last bytes are held back until it is certain that all of them are of one version.
    if (read <= 0 || at + read == end && !found.bytes().unchanged()) {
      piece.release();
      return null;
    }
    return piece;
  }

  @Override
  public void close() {
    held.release();
  }
}
