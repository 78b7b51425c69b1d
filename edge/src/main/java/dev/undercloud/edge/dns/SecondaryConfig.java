package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A zone that somebody else is the primary of.
 *
 * @param primary its address is resolved; NOTIFY is taken from it alone
 * @param folder where the zone is kept between runs; empty: in memory only
 * @param key what both sign with (RFC 8945): what does not come so is not believed; empty: nothing
 */
public record SecondaryConfig(
    DnsName zone, InetSocketAddress primary, Optional<Path> folder, Optional<TsigKey> key) {
  public SecondaryConfig {
    if (primary.isUnresolved() || primary.getPort() == 0) {
      throw new IllegalArgumentException("a primary has an address and a port: " + primary);
    }
  }

  /** Kept in memory only. */
  public static SecondaryConfig of(DnsName zone, InetSocketAddress primary) {
    return new SecondaryConfig(zone, primary, Optional.empty(), Optional.empty());
  }

  /** Kept in files of {@code place}, too. */
  public SecondaryConfig in(Path place) {
    return new SecondaryConfig(zone, primary, Optional.of(place), key);
  }

  /** With signatures. */
  public SecondaryConfig with(TsigKey secret) {
    return new SecondaryConfig(zone, primary, folder, Optional.of(secret));
  }
}
