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
  private final long most;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private @Nullable Coding coding;

  /**
   * @param most bytes: what compressing makes longer is not kept
   */
  KeepCoded(HttpCache cache, Entry entry, Compressor compressor, long most) {
    this.cache = cache;
    this.entry = entry;
    this.compressor = compressor;
    this.most = most;
  }

  @Override
  public boolean head(ResponseHead head, byte[] in, Edits edits) {
    coding = compressor.making();
    return coding != null;
  }

  @Override
  public ByteBuf body(ByteBuf piece) {
    int length = piece.readableBytes();
    if (coding != null && bytes.size() + length <= most) {
      byte[] copy = new byte[length];
      piece.getBytes(piece.readerIndex(), copy);
      bytes.write(copy, 0, length);
    } else {
      coding = null;
    }
    return piece;
  }

  @Override
  public @Nullable ByteBuf end() {
    Coding made = coding;
    if (made != null) {
      coding = null;
      cache.keep(entry, made, bytes.toByteArray());
    }
    return null;
  }

  @Override
  public void close() {
    coding = null;
  }
}
