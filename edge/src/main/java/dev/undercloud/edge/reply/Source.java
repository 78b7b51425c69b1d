package dev.undercloud.edge.reply;

import dev.undercloud.edge.net.Descriptor;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * A response that no replica gives: a file, a stored response, a redirect. Read by one exchange, on
 * its loop's thread; nothing here waits for anybody.
 */
public interface Source extends AutoCloseable {
  /**
   * Writes the head as an HTTP/1.1 origin server would: status line, fields, empty line; with
   * Content-Length where there is a body, and without Connection or Transfer-Encoding. The edge
   * adds its own fields and translates it for the client's protocol.
   *
   * @param out at least 64 KiB
   * @return the length written
   */
  int head(byte[] out);

  /**
   * The next bytes of the body with their reference; null at its end. Not called for a response
   * without body, such as one to HEAD.
   *
   * @param most how many at most; the client takes no more now
   */
  @Nullable ByteBuf next(int most);

  /**
   * The next bytes of the body as part of an open file, which the kernel sends to {@code socket}
   * from there. To be written to that channel alone, once what was written before is on its way.
   *
   * @return with its reference; null where {@link #next} has them
   */
  default @Nullable FileRegion region(Descriptor socket) {
    return null;
  }

  /** The exchange needs no more, whether or not it took everything. Once. */
  @Override
  void close();
}
