package dev.undercloud.edge.tls;

import dev.undercloud.core.policy.TlsPolicy;
import java.util.Optional;

/** Certificates that somebody else gets for us. Any thread; may read files, waits for nobody. */
@FunctionalInterface
public interface CertificateSource {
  CertificateSource NONE = (acme, host) -> Optional.empty();

  /** The certificate for {@code host}, where there is one already. */
  Optional<Identity> of(TlsPolicy.Acme acme, String host);
}
