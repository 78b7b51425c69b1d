package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Hex;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.reply.Filter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Tells a client which replica to come back to, where it does not know or that replica no longer
 * serves: {@code Set-Cookie} with a token that stands for the replica (RFC 6265). Its loop's thread
 * only.
 */
final class StickyCookie implements Filter {
  private final Exchange exchange;

  StickyCookie(Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public boolean head(ResponseHead head, byte[] in, Edits edits) {
    long token = exchange.toReplica.newToken();
    if (token != 0) {
      String secure = exchange.down.isSecure() ? "; Secure" : "";
      String rest = "; Path=/; HttpOnly; SameSite=Lax" + secure;
      edits.add("Set-Cookie", exchange.toReplica.stickyName() + "=" + Hex.of(token) + rest);
    }
    return false;
  }

  @Override
  public @Nullable ByteBuf body(ByteBuf piece) {
    return piece;
  }

  @Override
  public @Nullable ByteBuf end() {
    return null;
  }

  @Override
  public void close() {}
}
