package dev.undercloud.edge.cache;

import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.edge.cache.Freshness.By;
import dev.undercloud.edge.cache.Freshness.Lifetime;
import java.util.Set;

/**
 * Whether a response to a GET may be stored by a cache that many share (RFC 9111, 3), and where the
 * RFC leaves it open: whether that is safe. Pure.
 */
final class Storable {
  /** Fields that the edge says to the replica itself, other for each client or request. */
  private static final Set<String> PER_CLIENT =
      Set.of(
          "x-forwarded-for",
          "forwarded",
          "x-real-ip",
          "client-cert",
          "x-request-id",
          "traceparent");

  private Storable() {}

  /** Cacheable by default (RFC 9110, 15.1). */
  static boolean isHeuristic(int status) {
    return switch (status) {
      case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
      default -> false;
    };
  }

  /** What a rule's ttl is meant for: answers, not errors, which have a table of their own. */
  static boolean takesRule(int status) {
    return switch (status) {
      case 200, 203, 204, 206, 300, 301, 308 -> true;
      default -> false;
    };
  }

  /** Statuses whose meaning for caches is known here ({@code must-understand}). */
  private static boolean isUnderstood(int status) {
    return switch (status) {
      case 200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 400, 403, 404, 405, 410, 414 -> true;
      case 500, 501, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /**
   * @param noStore the request asks for that
   * @param authorization the request has credentials
   * @param cookie the request has cookies
   */
  static boolean may(
      Facts facts,
      Lifetime lifetime,
      CacheRule rule,
      boolean noStore,
      boolean authorization,
      boolean cookie) {
    Directives said = facts.directives;
    return !noStore
        && hasStatus(facts)
        && isAllowed(said, facts.status)
        && (!authorization || isShared(said))
        && (!facts.setsCookie || sharesCookies(facts))
        && (lifetime.by() == By.RESPONSE || !cookie)
        && variesSafely(facts)
        && isUseful(facts, lifetime, rule);
  }

  private static boolean hasStatus(Facts facts) {
    boolean part = facts.status == 206;
    return facts.status >= 200 && facts.status != 304 && (!part || facts.part != null);
  }

  private static boolean isAllowed(Directives said, int status) {
    if (said.isPrivate || said.mustUnderstand && !isUnderstood(status)) {
      return false;
    }
    return !said.noStore || said.mustUnderstand;
  }

  /** RFC 9111, 3.5: also for whoever sends credentials. */
  static boolean isShared(Directives said) {
    return said.isPublic || said.mustRevalidate || said.sMaxAge != Directives.ABSENT;
  }

  /** A cookie is for one person, unless the app says in so many words that it is for all. */
  private static boolean sharesCookies(Facts facts) {
    Directives said = facts.directives;
    return said.isPublic
        || said.sMaxAge != Directives.ABSENT
        || facts.targeted
        || said.withheld.contains("set-cookie");
  }

  private static boolean variesSafely(Facts facts) {
    for (String name : facts.vary) {
      if (name.equals("*") || PER_CLIENT.contains(name)) {
        return false;
      }
    }
    return true;
  }

  /** Fresh for a while, or at least fit to be asked about. */
  private static boolean isUseful(Facts facts, Lifetime lifetime, CacheRule rule) {
    boolean validator = facts.etag != null || facts.lastModified != Dates.NONE;
    Directives said = facts.directives;
    if (lifetime.by() == By.NOBODY || said.noCache || lifetime.seconds() == 0) {
      boolean meant = said.noCache || lifetime.by() != By.NOBODY;
      boolean stale = said.staleWhileRevalidate > 0 || said.staleIfError > 0;
      return meant && (validator || stale && !said.noCache);
    }
    return validator
        || lifetime.seconds() > facts.age
        || said.staleWhileRevalidate > 0
        || said.staleIfError > 0
        || rule.staleIfError().isPresent()
        || rule.staleWhileRevalidate().isPresent();
  }
}
