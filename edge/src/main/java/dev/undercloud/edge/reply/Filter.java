package dev.undercloud.edge.reply;

import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a response and the client of one exchange: stores it, compresses it. Its
 * loop's thread. Where there are several, the first one added is nearest to the app.
 */
public interface Filter {
  /**
   * The head of the final response was parsed.
   *
   * @param in the bytes that {@code head} was parsed from
   * @param edits what is changed of it on the way to the client
   * @return whether this filter wants the body; if not, it is not asked again
   */
  boolean head(ResponseHead head, byte[] in, Edits edits);

  /**
   * Body bytes without framing, with their reference.
   *
   * @return what goes on, with its reference; null where nothing does yet
   */
  @Nullable ByteBuf body(ByteBuf piece);

  /**
   * The body is whole.
   *
   * @return what is left to go on, or null
   */
  @Nullable ByteBuf end();

  /** What it compresses the body with, once it wants that. */
  default BodyCoding coding() {
    return BodyCoding.NONE;
  }

  /** The exchange is over; after {@link #end} too. Where that was not called, it failed. */
  void close();
}
