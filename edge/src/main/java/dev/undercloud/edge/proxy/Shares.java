package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.edge.rule.Route;

/** Sends a part of the requests to another app. Its loop's thread only. */
final class Shares {
  /** Parts of a percent that are told apart. */
  private static final int FINENESS = 1000;

  private Shares() {}

  /** Chooses who serves the request, where its route says that several do. */
  static void apply(Loop loop, Exchange exchange, App app, Route route) {
    route
        .options()
        .split()
        .filter(split -> hits(loop.entropy, split.percent()))
        .map(split -> loop.routes().named(split.app()))
        .ifPresent(other -> exchange.request.instead = other);
  }

  static boolean hits(Entropy chance, double percent) {
    return chance.nextInt(100 * FINENESS) < percent * FINENESS;
  }
}
