package dev.undercloud.edge.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A private key and the certificates that vouch for it.
 *
 * @param chain the key's own certificate first, then those of its issuers, without the root
 */
public record Identity(PrivateKey key, List<X509Certificate> chain) {
  public Identity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("an identity has at least one certificate");
    }
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  public Instant notAfter() {
    return certificate().getNotAfter().toInstant();
  }

  /** When two thirds of its lifetime are over: time for the next one. */
  public Instant renewAt() {
    Instant from = certificate().getNotBefore().toInstant();
    return from.plus(Duration.between(from, notAfter()).dividedBy(3).multipliedBy(2));
  }
}
