package dev.undercloud.edge.proxy;

import dev.undercloud.edge.cache.Fill;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.reply.Filter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Copies a response that passes into the cache, and tells the client so. Used once. */
final class StoreFilter implements Filter {
  private static final byte[] SURROGATE_KEY = Octets.ascii("surrogate-key");
  private static final byte[] CACHE_TAG = Octets.ascii("cache-tag");

  private final @Nullable Fill fill;
  private final String status;
  private final Runnable then;

  /**
   * @param fill null where the response is not stored
   * @param status for Cache-Status, behind the cache's name
   * @param then runs when the response is stored, or will not be
   */
  StoreFilter(@Nullable Fill fill, String status, Runnable then) {
    this.fill = fill;
    this.status = status;
    this.then = then;
  }

  @Override
  public boolean head(ResponseHead head, byte[] in, Edits edits) {
    edits.add("Cache-Status", "undercloud; " + status + (fill == null ? "" : "; stored"));
    edits.remove(SURROGATE_KEY);
    edits.remove(CACHE_TAG);
    return fill != null;
  }

  @Override
  public ByteBuf body(ByteBuf piece) {
    if (fill != null) {
      fill.body(piece);
    }
    return piece;
  }

  @Override
  public @Nullable ByteBuf end() {
    if (fill != null) {
      fill.end();
    }
    then.run();
    return null;
  }

  @Override
  public void close() {
    then.run();
  }
}
