package dev.undercloud.edge.cache;

import dev.undercloud.core.policy.CacheRule;
import java.time.Duration;

/** How long a response is fresh, and how old it is when it comes (RFC 9111, 4.2). Pure. */
final class Freshness {
  /** Who says so. */
  enum By {
    /** The response itself. */
    RESPONSE,
    /** The route's rule. */
    RULE,
    /** Nobody: it has not changed for ten times as long (4.2.2). */
    GUESS,
    /** It is never fresh. */
    NOBODY
  }

  /** A guess may be wrong for so long: about what nobody notices. */
  static final int LONGEST_GUESS = 60;

  private static final int GUESSED_PART = 10;

  /**
   * @param seconds 0 or more
   */
  record Lifetime(int seconds, By by) {}

  private static final Lifetime NONE = new Lifetime(0, By.NOBODY);

  private Freshness() {}

  /**
   * @param received wall time in seconds since 1970, for a response without Date
   */
  static Lifetime lifetime(Facts facts, CacheRule rule, long received) {
    Directives said = facts.directives;
    if (said.sMaxAge != Directives.ABSENT) {
      return new Lifetime(said.sMaxAge, By.RESPONSE);
    }
    if (said.maxAge != Directives.ABSENT) {
      return new Lifetime(said.maxAge, By.RESPONSE);
    }
    long date = facts.date == Dates.NONE ? received : facts.date;
    if (facts.hasExpires && !facts.targeted) {
      long left = facts.expires == Dates.NONE ? 0 : facts.expires - date;
      return new Lifetime((int) Math.clamp(left, 0, Directives.LONGEST), By.RESPONSE);
    }
    Duration negative = rule.negative().get(facts.status);
    if (negative != null) {
      return new Lifetime(seconds(negative), By.RULE);
    }
    if (rule.ttl().isPresent() && Storable.takesRule(facts.status)) {
      return new Lifetime(seconds(rule.ttl().get()), By.RULE);
    }
    boolean guessable =
        facts.lastModified != Dates.NONE
            && !said.noCache
            && (Storable.isHeuristic(facts.status) || said.isPublic);
    if (!guessable) {
      return NONE;
    }
    long guess = Math.clamp((date - facts.lastModified) / GUESSED_PART, 0, LONGEST_GUESS);
    return guess == 0 ? NONE : new Lifetime((int) guess, By.GUESS);
  }

  private static int seconds(Duration duration) {
    return (int) Math.min(duration.toSeconds(), Directives.LONGEST);
  }

  /**
   * The corrected initial age in seconds (4.2.3).
   *
   * @param delayNanos from sending the request to receiving the head
   */
  static int initialAge(Facts facts, long received, long delayNanos) {
    long apparent = facts.date == Dates.NONE ? 0 : Math.max(0, received - facts.date);
    long corrected = facts.age + delayNanos / 1_000_000_000;
    return (int) Math.min(Math.max(apparent, corrected), Directives.LONGEST);
  }
}
