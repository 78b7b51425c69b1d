package dev.undercloud.edge.file;

import static dev.undercloud.edge.file.Lines.ascii;

import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Several parts of a file as {@code multipart/byteranges} (RFC 9110, 14.6). */
final class MultipartSource implements Source {
  private static final byte[] PARTIAL = ascii("HTTP/1.1 206 Partial Content\r\n");

  private final OpenFile held;
  private final Representation found;
  private final Lines lines;
  private final byte[] date;
  private final byte[] type;
  private final long[] from;
  private final long[] to;

  /** What stands before each part, and behind the last one. */
  private final byte[][] between;

  private final long length;
  private int part;
  private boolean inPart;
  private long position;

  /**
   * @param boundary that nobody can have foreseen and put into the file
   */
  MultipartSource(Representation found, Lines lines, byte[] date, Ranges ranges, String boundary) {
    this.found = found;
    this.lines = lines;
    this.date = date;
    int parts = ranges.count();
    type = ascii("Content-Type: multipart/byteranges; boundary=" + boundary + "\r\n");
    from = new long[parts];
    to = new long[parts];
    between = new byte[parts + 1][];
    String partType = new String(found.type(), StandardCharsets.US_ASCII);
    long total = 0;
    for (int i = 0; i < parts; i++) {
      from[i] = ranges.from(i);
      to[i] = ranges.to(i);
      String range = "Content-Range: bytes " + from[i] + "-" + (to[i] - 1) + "/" + found.length();
      between[i] = ascii("\r\n--" + boundary + "\r\n" + partType + range + "\r\n\r\n");
      total += between[i].length + to[i] - from[i];
    }
    between[parts] = ascii("\r\n--" + boundary + "--\r\n");
    length = total + between[parts].length;
    held = found.bytes().retain();
  }

  @Override
  public int head(byte[] out) {
    return lines
        .to(out)
        .put(PARTIAL)
        .date(date)
        .put(type)
        .contentLength(length)
        .put(found.described())
        .put(found.always())
        .end();
  }

  @Override
  public @Nullable ByteBuf next(int most) {
    if (!inPart) {
      if (part >= between.length) {
        return null;
      }
      ByteBuf text = Unpooled.wrappedBuffer(between[part]);
      if (part < from.length) {
        inPart = true;
        position = from[part];
      } else {
        part++;
      }
      return text;
    }
    ByteBuf piece = FileSource.read(found, position, to[part], most);
    if (piece != null) {
      position += piece.readableBytes();
      if (position == to[part]) {
        inPart = false;
        part++;
      }
    }
    return piece;
  }

  @Override
  public void close() {
    held.release();
  }
}
