package dev.undercloud.edge.rule;

import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.net.ClientAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A route's rate limit with its counters, which outlive changes of other rules. Any thread.
 *
 * <p>Its fields are those of draft-ietf-httpapi-ratelimit-headers: {@code RateLimit-Policy} says
 * the quota and its window, {@code RateLimit} what is left and when all of it is back.
 */
public final class Limit {
  private final RateLimit rate;
  private final Gcra gcra;
  private final Hash hash;
  private final byte @Nullable [] header;
  private final String policy;

  Limit(RateLimit rate, Hash hash) {
    this.rate = rate;
    this.hash = hash;
    gcra =
        new Gcra(
            rate.count(),
            rate.period(),
            rate.burst(),
            rate.by() == RateLimit.By.ROUTE ? 1 : Gcra.CLIENTS);
    header = rate.header().map(name -> name.getBytes(StandardCharsets.US_ASCII)).orElse(null);
    policy = "\"default\";q=" + rate.count() + ";w=" + Math.max(1, rate.period().toSeconds());
  }

  /** Counts a request. One without the header that tells clients apart counts by its address. */
  public void take(RequestHead head, byte[] in, ClientAddress client, long now, Gcra.Reading out) {
    gcra.take(key(head, in, client), now, out);
  }

  private long key(RequestHead head, byte[] in, ClientAddress client) {
    if (rate.by() == RateLimit.By.ROUTE) {
      return hash.of(0);
    }
    int field = header == null ? -1 : head.field(in, header, -1);
    return field < 0
        ? hash.of(client.key())
        : hash.of(in, head.valueAt(field), head.valueEnd(field));
  }

  /** The value of {@code RateLimit-Policy}. */
  public String policy() {
    return policy;
  }

  /** The value of {@code RateLimit}. */
  public static String left(long remaining, long resetSeconds) {
    return "\"default\";r=" + remaining + ";t=" + resetSeconds;
  }

  /** For people: {@code 100/min by address burst 100}. */
  public String text() {
    return rate.text();
  }
}
