package dev.undercloud.core.telemetry;

/** What the HTTP cache had to do with an exchange. */
public enum CacheUse {
  /** Nothing. */
  NONE,
  /** Nothing that is stored fitted, or might be used. */
  MISS,
  /** Answered with a stored response that was fresh. */
  HIT,
  /** Answered with one that was not. */
  STALE,
  /** Answered with a stored response after the app had said that it holds. */
  REVALIDATED
}
