package dev.undercloud.edge.tls;

import dev.undercloud.core.id.Entropy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets that session tickets are encrypted with (RFC 5077, RFC 8446): one that makes new ones,
 * two older ones that still open theirs. In memory only. Each policy gets keys of its own made from
 * them: a ticket got from a host that asks for no client certificate must not open one that does.
 * Any thread.
 */
final class TicketKeys {
  /** What BoringSSL wants for a key: 16 bytes of name, 16 for HMAC, 16 for AES. */
  static final int KEY_BYTES = 48;

  private static final int SECRET_BYTES = 48;
  private static final int KEPT = 3;

  private final Entropy entropy;
  private List<byte[]> secrets = List.of();

  /**
   * @param entropy secure, for any thread
   */
  TicketKeys(Entropy entropy) {
    this.entropy = entropy;
    rotate();
  }

  /** A new secret, and the oldest one is forgotten. */
  synchronized void rotate() {
    ByteBuffer fresh = ByteBuffer.allocate(SECRET_BYTES);
    while (fresh.hasRemaining()) {
      fresh.putLong(entropy.nextLong());
    }
    List<byte[]> next = new ArrayList<>();
    next.add(fresh.array());
    for (byte[] older : secrets) {
      if (next.size() < KEPT) {
        next.add(older);
      } else {
        Arrays.fill(older, (byte) 0);
      }
    }
    secrets = List.copyOf(next);
  }

  /** The keys of {@code scope}, the one for new tickets first: {@link #KEY_BYTES} each. */
  synchronized List<byte[]> of(String scope) {
    return secrets.stream().map(secret -> derive(secret, scope)).toList();
  }

  private static byte[] derive(byte[] secret, String scope) {
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(secret, "HmacSHA512"));
      mac.update("undercloud session ticket ".getBytes(StandardCharsets.US_ASCII));
      return Arrays.copyOf(mac.doFinal(scope.getBytes(StandardCharsets.UTF_8)), KEY_BYTES);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
