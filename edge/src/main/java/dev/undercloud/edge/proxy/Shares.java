package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.Mirror;
import dev.undercloud.core.policy.Split;
import dev.undercloud.edge.rule.Route;
import org.jspecify.annotations.Nullable;

/** Draws which requests go to another app, or there too. Its loop's thread only. */
final class Shares {
  /** Parts of a percent that are told apart. */
  private static final int FINENESS = 1000;

  private static final int ALL = 100;

  private Shares() {}

  /**
   * Notes what the route of the request, which the loop has parsed, says of other apps, as far as
   * they can be reached. What was sent on to here by one of them stays.
   */
  static void apply(Loop loop, Request request, App came, Route route, long now) {
    Split split = route.split;
    if (split != null) {
      App other = taker(loop, split.to().name());
      if (other != null && goes(loop, came, other, split.percent(), now)) {
        request.instead = other;
        request.own = other.outside == null ? null : came;
      }
    }
    Mirror mirror = route.mirror;
    if (mirror != null && hits(loop.entropy, mirror.percent())) {
      request.mirrorTo = taker(loop, mirror.to().name());
    }
  }

  private static @Nullable App taker(Loop loop, String name) {
    App app = loop.routes().named(name);
    Outside outside = app == null ? null : app.outside;
    return outside == null || outside.takes(loop.request, loop.in) ? app : null;
  }

  /** A client that is to come back to the same replica stays with that replica's app. */
  private static boolean goes(Loop loop, App came, App other, double percent, long now) {
    if (percent > 0 && percent < ALL && came.selector.isSticky()) {
      long token = came.selector.token(loop);
      if (token != 0 && came.selector.of(token, now) != null) {
        return false;
      }
      if (token != 0 && other.selector.of(token, now) != null) {
        return true;
      }
    }
    return hits(loop.entropy, percent);
  }

  private static boolean hits(Entropy chance, double percent) {
    return chance.nextInt(ALL * FINENESS) < percent * FINENESS;
  }
}
