package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.edge.rule.Route;

/** Draws which requests go to another app, or there too. Its loop's thread only. */
final class Shares {
  /** Parts of a percent that are told apart. */
  private static final int FINENESS = 1000;

  private Shares() {}

  /** Notes what the request's route says of other apps, as far as they are served here. */
  static void apply(Loop loop, Request request, Route route) {
    if (route.split != null && hits(loop.entropy, route.split.percent())) {
      request.instead = loop.routes().named(route.split.app());
    }
    if (route.mirror != null && hits(loop.entropy, route.mirror.percent())) {
      request.mirrorTo = loop.routes().named(route.mirror.app());
    }
  }

  private static boolean hits(Entropy chance, double percent) {
    return chance.nextInt(100 * FINENESS) < percent * FINENESS;
  }
}
