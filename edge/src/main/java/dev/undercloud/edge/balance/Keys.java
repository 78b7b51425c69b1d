package dev.undercloud.edge.balance;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Hashes that every loop and every edge computes alike. */
public final class Keys {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Keys() {}

  /** Of bytes (FNV-1a, mixed); never {@link Balancer#NO_KEY}. */
  public static long of(byte[] in, int from, int to) {
    long hash = OFFSET;
    for (int i = from; i < to; i++) {
      hash = (hash ^ in[i] & 0xff) * PRIME;
    }
    return orElse(mix(hash));
  }

  /** Of a client's address: IPv6 clients own a /64, and change addresses within it. */
  public static long ofAddress(String address) {
    long hash = OFFSET;
    int groups = 0;
    boolean v6 = address.indexOf(':') >= 0;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (v6 && c == ':') {
        boolean gap = i + 1 < address.length() && address.charAt(i + 1) == ':';
        if (++groups == 4 || gap) {
          // What the gap leaves out is zero; where it begins says which groups there are.
          return orElse(mix(gap ? withinGap(address, i, groups, hash) : hash));
        }
      }
      hash = (hash ^ c) * PRIME;
    }
    return orElse(mix(hash));
  }

  /** After a gap come groups of the /64 only if seven or fewer are written out. */
  private static long withinGap(String address, int gap, int before, long hash) {
    int behind = gap + 2 < address.length() ? 1 : 0;
    for (int i = gap + 2; i < address.length(); i++) {
      behind += address.charAt(i) == ':' ? 1 : 0;
    }
    long full = hash;
    int at = gap + 2;
    int zeros = 8 - before - behind;
    for (int group = before; group < 4; group++) {
      full = (full ^ ':') * PRIME;
      if (group < before + zeros) {
        full = (full ^ '0') * PRIME;
        continue;
      }
      while (at < address.length() && address.charAt(at) != ':') {
        full = (full ^ address.charAt(at++)) * PRIME;
      }
      at++;
    }
    return full;
  }

  private static long orElse(long hash) {
    return hash == Balancer.NO_KEY ? 1 : hash;
  }

  /** Every bit depends on every bit (SplitMix64's finalizer). */
  static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /**
   * What a sticky cookie says instead of a replica's id: the same after a restart of the edge, and
   * nothing that tells where the replica is.
   */
  static long token(String app, String id) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(("sticky/" + app).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] all = mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
      long token = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        token = token << 8 | all[i] & 0xff;
      }
      return orElse(token);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
