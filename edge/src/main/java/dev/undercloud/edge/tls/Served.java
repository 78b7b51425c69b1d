package dev.undercloud.edge.tls;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A certificate that clients get.
 *
 * @param hosts for which they get it
 * @param origin where it comes from
 * @param issuer who vouches for it; empty until the first client asks for one of the hosts
 * @param notAfter when it ends; empty as {@code issuer}
 */
public record Served(
    List<String> hosts, Origin origin, Optional<String> issuer, Optional<Instant> notAfter) {
  /** Where certificates come from. */
  public enum Origin {
    /** This machine's own authority. */
    LOCAL,
    /** Files of the user's. */
    FILE,
    /** An ACME authority. */
    ACME
  }

  public Served {
    hosts = List.copyOf(hosts);
  }
}
