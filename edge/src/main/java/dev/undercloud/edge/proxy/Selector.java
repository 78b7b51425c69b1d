package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.edge.balance.Balancer;
import dev.undercloud.edge.http1.FieldValues;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which replica of one app a request goes to, as its rules say. Its loop's thread only. */
final class Selector {
  /** What is hashed. */
  private enum Source {
    NOTHING,
    ADDRESS,
    COOKIE,
    HEADER
  }

  private final Balancer balancer;
  private final ReplicaPool[] pools;
  private final Source source;
  private final byte[] name;
  private final byte @Nullable [] sticky;

  Selector(Balance balance, ReplicaPool[] pools, Entropy entropy) {
    this.pools = pools;
    balancer = Balancer.of(balance.policy(), entropy);
    String[] words = balance.hashBy().split(" ", 2);
    source =
        balance.policy() == Balance.Policy.HASH
            ? Source.valueOf(words[0].toUpperCase(Locale.ROOT))
            : Source.NOTHING;
    String of = words.length == 1 ? "" : words[1];
    name = bytes(source == Source.HEADER ? of.toLowerCase(Locale.ROOT) : of);
    sticky = balance.sticky().map(Selector::bytes).orElse(null);
  }

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether {@link #key} or {@link #token} look at the request's head. */
  boolean readsHeads() {
    return sticky != null || source == Source.COOKIE || source == Source.HEADER;
  }

  /** The name of the sticky cookie; null for none. */
  byte @Nullable [] sticky() {
    return sticky;
  }

  boolean isSticky() {
    return sticky != null;
  }

  /** Of the request whose head the loop has parsed, from {@code client}. */
  long key(Loop loop, String client) {
    return switch (source) {
      case NOTHING -> Balancer.NO_KEY;
      case ADDRESS -> loop.addressKey(client);
      case COOKIE -> FieldValues.cookieHash(loop.request, loop.in, name);
      case HEADER -> FieldValues.hash(loop.request, loop.in, name);
    };
  }

  /** The replica that the client of that request was told to come back to; 0 where it was not. */
  long token(Loop loop) {
    byte[] cookie = sticky;
    return cookie == null ? 0 : FieldValues.cookieToken(loop.request, loop.in, cookie);
  }

  @Nullable ReplicaPool choose(long key, long token, long now) {
    if (token != 0) {
      ReplicaPool own = of(token, now);
      if (own != null && !own.tried() && own.hasRoom()) {
        return own;
      }
    }
    return balancer.choose(pools, key, now);
  }

  /** Whose token it is, if that replica still serves. */
  @Nullable ReplicaPool of(long token, long now) {
    for (ReplicaPool pool : pools) {
      if (pool.replica().token() == token) {
        return pool.replica().inService(now) ? pool : null;
      }
    }
    return null;
  }
}
