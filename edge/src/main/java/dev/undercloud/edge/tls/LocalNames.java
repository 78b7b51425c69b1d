package dev.undercloud.edge.tls;

import java.util.List;
import java.util.Locale;

/**
 * Names that belong to nobody, so that a local authority may vouch for them: those reserved by RFC
 * 2606, RFC 6761, RFC 6762 and RFC 8375, ICANN's .internal, and what home routers use. The
 * authority's own certificate is constrained to them: who steals its key gains no public name.
 */
final class LocalNames {
  static final List<String> DOMAINS =
      List.of(
          "localhost",
          "test",
          "example",
          "internal",
          "local",
          "home.arpa",
          "lan",
          "home",
          "corp",
          "intranet",
          "private");

  /** Loopback, private and link-local addresses: network and prefix length. */
  static final List<String> NETWORKS =
      List.of(
          "127.0.0.0/8",
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "169.254.0.0/16",
          "::1/128",
          "fc00::/7",
          "fe80::/10");

  private LocalNames() {}

  /** Whether {@code host}, in lower case, is such a name or below one. */
  static boolean covers(String host) {
    String name = host.startsWith("*.") ? host.substring(2) : host;
    return DOMAINS.stream().anyMatch(d -> name.equals(d) || name.endsWith("." + d));
  }

  /** Whether {@code host} is an address rather than a name. */
  static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.toLowerCase(Locale.ROOT).matches("[0-9.]+");
  }
}
