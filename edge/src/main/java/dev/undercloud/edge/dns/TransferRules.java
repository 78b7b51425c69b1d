package dev.undercloud.edge.dns;

import dev.undercloud.core.unit.Cidr;
import java.net.InetAddress;
import java.util.List;

/**
 * Who may have whole zones (AXFR, IXFR).
 *
 * @param allowed blocks of addresses; nobody else
 */
public record TransferRules(List<Cidr> allowed) {
  public TransferRules {
    allowed = List.copyOf(allowed);
  }

  boolean allow(InetAddress client) {
    for (Cidr block : allowed) {
      if (block.contains(client)) {
        return true;
      }
    }
    return false;
  }
}
