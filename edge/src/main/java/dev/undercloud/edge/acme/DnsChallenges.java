package dev.undercloud.edge.acme;

import dev.undercloud.core.error.CloudException;

/** The DNS server of the names, for DNS-01 (RFC 8555, 8.4). Any thread; may block. */
@FunctionalInterface
public interface DnsChallenges {
  /** Where there is no DNS server of ours. */
  DnsChallenges NONE =
      (name, text) -> {
        throw CloudException.user(
            "no-dns",
            "the challenge dns-01 needs a DNS server of ours",
            "none serves " + name,
            "Use http-01 or tls-alpn-01, or let the DNS server here serve that zone.");
      };

  /**
   * Answers TXT queries for {@code name}, such as {@code _acme-challenge.example.org} without final
   * dot, with {@code text} too, until the result is closed. Returns when it is answered.
   */
  AutoCloseable publish(String name, String text);
}
