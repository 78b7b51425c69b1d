package dev.undercloud.edge.proxy;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The exchanges of one loop that may last for ever: tunnels and event streams. When their replica
 * or the edge leaves, they are brought to a good end, so that their clients come again and find
 * another. Its loop's thread only.
 */
final class Lasting {
  /**
   * Ends a tick for a replica that left: 500 a second and loop, so that clients do not all come
   * back in the same moment.
   */
  private static final int ENDS_A_TICK = 50;

  private final LinkedHashSet<Exchange> all = new LinkedHashSet<>();
  private final LinkedHashSet<Exchange> leaving = new LinkedHashSet<>();

  void add(Exchange exchange) {
    all.add(exchange);
  }

  void remove(Exchange exchange) {
    all.remove(exchange);
    leaving.remove(exchange);
  }

  /** The edge is closing. */
  void departAll() {
    leaving.clear();
    for (Exchange exchange : List.copyOf(all)) {
      exchange.toClient.depart();
    }
  }

  /** Another table is in force. */
  void adopted() {
    leaving.clear();
    for (Exchange exchange : all) {
      if (exchange.toReplica.place.isOnRetired()) {
        leaving.add(exchange);
      }
    }
    tick();
  }

  /** Ends some more of those whose replica has left. */
  void tick() {
    for (int ends = 0; ends < ENDS_A_TICK && !leaving.isEmpty(); ends++) {
      Iterator<Exchange> first = leaving.iterator();
      Exchange exchange = first.next();
      first.remove();
      exchange.toClient.depart();
    }
  }
}
