package dev.undercloud.edge.proxy;

import dev.undercloud.edge.cache.Entry;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.compress.Compressor;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.reply.Filter;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies what the compressor makes of a stored response, which is asked for again: the next who
 * takes it so gets these bytes. Behind the compressor. Used once.
 */
final class KeepCoded implements Filter {
  private final HttpCache cache;
  private final Entry entry;
  private final Compressor compressor;
  private final Coding coding;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean whole;

  /**
   * @param coding claimed of {@code entry}
   */
  KeepCoded(HttpCache cache, Entry entry, Compressor compressor, Coding coding) {
    this.cache = cache;
    this.entry = entry;
    this.compressor = compressor;
    this.coding = coding;
  }

  @Override
  public boolean head(ResponseHead head, byte[] in, Edits edits) {
    whole = compressor.making() == coding;
    return whole;
  }

  @Override
  public ByteBuf body(ByteBuf piece) {
    int length = piece.readableBytes();
    // What compressing makes longer is not kept.
    whole &= bytes.size() + length <= entry.size();
    if (whole) {
      byte[] copy = new byte[length];
      piece.getBytes(piece.readerIndex(), copy);
      bytes.write(copy, 0, length);
    }
    return piece;
  }

  @Override
  public @Nullable ByteBuf end() {
    if (whole) {
      whole = false;
      cache.keep(entry, coding, bytes.toByteArray());
    }
    return null;
  }

  @Override
  public void close() {
    whole = false;
    entry.release(coding);
  }
}
