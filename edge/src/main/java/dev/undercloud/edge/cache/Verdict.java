package dev.undercloud.edge.cache;

/** What is to be done with a request, by what is stored (RFC 9111, 4). */
public enum Verdict {
  /** It is answered with a stored response, which is fresh enough. */
  HIT,
  /** It is answered with a stale one, as the client or the app allows. */
  STALE_HIT,
  /** The same, and a newer one is fetched meanwhile (RFC 5861, 3). */
  STALE_WHILE_REVALIDATE,
  /** The app is asked whether what is stored still holds, if it can be asked so. */
  REVALIDATE,
  /** Nothing that is stored fits: the app answers. */
  MISS;

  /**
   * @param entry the one that fits
   * @param now monotonic
   */
  public static Verdict of(Entry entry, Asked asked, long now) {
    Directives said = asked.directives;
    if (entry.noCache || said.noCache) {
      return REVALIDATE;
    }
    if (said.maxAge != Directives.ABSENT && entry.age(now) > said.maxAge) {
      return REVALIDATE;
    }
    // An age of 0 is not over the limit of 0, but whoever says 0 wants what is new.
    if (said.maxAge == 0) {
      return REVALIDATE;
    }
    long left = entry.left(now);
    if (said.minFresh != Directives.ABSENT && left < said.minFresh) {
      return REVALIDATE;
    }
    if (left > 0) {
      return HIT;
    }
    if (entry.strict) {
      return REVALIDATE;
    }
    if (said.maxStale != Directives.ABSENT && -left <= said.maxStale) {
      return STALE_HIT;
    }
    return -left < entry.staleWhileRevalidate ? STALE_WHILE_REVALIDATE : REVALIDATE;
  }
}
