package dev.undercloud.core.policy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * HTTPS for the hosts of one app.
 *
 * @param certificate PEM chain of the user's own; empty: from the local authority or ACME
 * @param key its private key, PEM
 * @param clientCa PEM; where present, clients must show a certificate that it signed
 * @param redirect whether plain HTTP is answered with the HTTPS address
 * @param hsts max-age of Strict-Transport-Security (RFC 6797); zero: not sent
 * @param acme where certificates of public names come from
 */
public record TlsPolicy(
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<Path> clientCa,
    boolean redirect,
    Duration hsts,
    Optional<Acme> acme) {
  public static final TlsPolicy DEFAULT =
      new TlsPolicy(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Duration.ZERO,
          Optional.empty());

  /**
   * An ACME authority (RFC 8555).
   *
   * @param directory its URL
   * @param names for which certificates are ordered, and no others
   * @param email of the account; empty for none
   * @param challenge {@code http-01}, {@code tls-alpn-01} or {@code dns-01}
   */
  public record Acme(String directory, List<String> names, String email, String challenge) {
    public Acme {
      names = List.copyOf(names);
    }
  }

  public TlsPolicy {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a certificate needs its key, and a key its certificate");
    }
  }
}
