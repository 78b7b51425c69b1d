package dev.undercloud.edge.dns;

import dev.undercloud.core.unit.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may have whole zones (AXFR, IXFR).
 *
 * @param allowed blocks of addresses; nobody else
 * @param key what they must sign with, too; empty: nothing
 */
public record TransferRules(List<Cidr> allowed, Optional<TsigKey> key) {
  /** Nobody has any. */
  public static final TransferRules NOBODY = new TransferRules(List.of(), Optional.empty());

  public TransferRules {
    allowed = List.copyOf(allowed);
  }

  /**
   * @param signing the question's signature; null: it has none that holds
   */
  boolean allow(InetAddress client, @Nullable Signing signing) {
    if (key.isPresent() && (signing == null || !signing.isBy(key.get()))) {
      return false;
    }
    for (Cidr block : allowed) {
      if (block.contains(client)) {
        return true;
      }
    }
    return false;
  }
}
