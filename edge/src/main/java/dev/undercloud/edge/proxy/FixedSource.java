package dev.undercloud.edge.proxy;

import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A response of a few bytes that are all there. One use. */
final class FixedSource implements Source {
  private final byte[] head;
  private byte @Nullable [] body;

  /**
   * @param start status line and fields, each with its line end, without Content-Length
   */
  FixedSource(String start, byte[] body) {
    String length = "Content-Length: " + body.length + "\r\n\r\n";
    head = (start + length).getBytes(StandardCharsets.ISO_8859_1);
    this.body = body;
  }

  @Override
  public int head(byte[] out) {
    System.arraycopy(head, 0, out, 0, head.length);
    return head.length;
  }

  @Override
  public @Nullable ByteBuf next(int most) {
    byte[] rest = body;
    body = null;
    return rest == null || rest.length == 0 ? null : Unpooled.wrappedBuffer(rest);
  }

  @Override
  public void close() {}
}
