package dev.undercloud.edge.rule;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.edge.net.ClientAddress;
import java.util.List;

/** A list of address blocks. Immutable. */
public final class Blocks {
  public static final Blocks NONE = new Blocks(List.of());

  private final Cidr[] blocks;

  public Blocks(List<String> texts) {
    blocks = texts.stream().map(Cidr::parse).toArray(Cidr[]::new);
  }

  public boolean isEmpty() {
    return blocks.length == 0;
  }

  public boolean contains(ClientAddress address) {
    for (Cidr block : blocks) {
      if (block.contains(address.high(), address.low())) {
        return true;
      }
    }
    return false;
  }
}
