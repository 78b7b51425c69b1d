package dev.undercloud.edge.proxy;

import static dev.undercloud.edge.http1.Octets.ascii;

import dev.undercloud.edge.cache.Key;
import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.Octets;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request that may change things: when it has succeeded, what is stored of its URI does not hold
 * any more (RFC 9111, 4.4).
 */
final class InvalidateTurn extends CacheTurn {
  private static final byte[] LOCATION = ascii("location");
  private static final byte[] CONTENT_LOCATION = ascii("content-location");

  private final CacheStep step;
  private final boolean secure;
  private final @Nullable Key key;

  /**
   * @param key null where it is to be read from the request that the replica got
   */
  InvalidateTurn(CacheStep step, boolean secure, @Nullable Key key) {
    this.step = step;
    this.secure = secure;
    this.key = key;
  }

  @Override
  void response(Exchange exchange, ByteBuf request) {
    int status = step.loop.response.status;
    if (status < 200 || status >= 400) {
      return;
    }
    Key target = key == null ? step.keyOf(exchange, request, secure) : key;
    if (target == null) {
      return;
    }
    // Of the request's own bytes, which storing reads again: kept before anything else parses.
    Key own = target.frozen();
    step.cache.invalidate(own);
    byte[] in = step.loop.in;
    FieldSection fields = step.loop.response.fields;
    String content = null;
    for (int f = 0; f < fields.count; f++) {
      int at = fields.start[f];
      int length = fields.nameEnd[f] - at;
      if (Octets.equal(in, at, length, LOCATION)
          || Octets.equal(in, at, length, CONTENT_LOCATION)) {
        int value = fields.value[f];
        String named =
            new String(in, value, fields.valueEnd[f] - value, StandardCharsets.ISO_8859_1);
        step.cache.invalidate(own, named);
        content = Octets.equal(in, at, length, CONTENT_LOCATION) ? named : content;
      }
    }
    if (key == null && content != null && step.cache.names(own, content)) {
      step.storePost(exchange, own);
    }
  }
}
