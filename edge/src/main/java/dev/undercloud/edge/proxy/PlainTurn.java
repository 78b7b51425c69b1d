package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.Octets;
import io.netty.buffer.ByteBuf;

/**
 * A GET of which nothing is stored, on a route without rules: only what the app's response says
 * counts. Keeps nothing of an exchange, so that those whose responses are not stored cost nothing.
 */
final class PlainTurn extends CacheTurn {
  private static final byte[] CACHE_CONTROL = Octets.ascii("cache-control");
  private static final byte[] LAST_MODIFIED = Octets.ascii("last-modified");
  private static final byte[] EXPIRES = Octets.ascii("expires");
  private static final byte[] CDN_CACHE_CONTROL = Octets.ascii("cdn-cache-control");

  private final CacheStep step;
  private final boolean secure;

  PlainTurn(CacheStep step, boolean secure) {
    this.step = step;
    this.secure = secure;
  }

  @Override
  void response(Exchange exchange, ByteBuf request) {
    if (saysAnything()) {
      step.storePlain(exchange, request, secure);
    }
  }

  private boolean saysAnything() {
    byte[] in = step.loop.in;
    FieldSection fields = step.loop.response.fields;
    for (int f = 0; f < fields.count; f++) {
      int at = fields.start[f];
      int length = fields.nameEnd[f] - at;
      boolean says =
          switch (length) {
            case 13 ->
                Octets.equal(in, at, length, CACHE_CONTROL)
                    || Octets.equal(in, at, length, LAST_MODIFIED);
            case 7 -> Octets.equal(in, at, length, EXPIRES);
            case 17 -> Octets.equal(in, at, length, CDN_CACHE_CONTROL);
            default -> false;
          };
      if (says) {
        return true;
      }
    }
    return false;
  }
}
