package dev.undercloud.core.telemetry;

/** Why the HTTP cache did what {@link CacheUse} says; the words of RFC 9211 where it has some. */
public enum CacheReason {
  NONE,
  /** Nothing is stored for that address. */
  URI_MISS,
  /** What is stored is for requests with other fields. */
  VARY_MISS,
  /** What is stored is not fresh any more. */
  STALE,
  /** The request asks for what is new, by its Cache-Control. */
  REQUEST,
  /** Something is stored, but the request has cookies and it does not say that it is for all. */
  COOKIE,
  /** The same, with credentials. */
  AUTHORIZATION,
  /** What is stored is a part, and the request asks for more than that. */
  PART,
  /** It waited for the response to another request for the same. */
  COLLAPSED,
  /** A newer one is fetched meanwhile. */
  WHILE_REVALIDATE,
  /** The app failed, and what is stored may stand in for it. */
  ON_ERROR;

  private static final CacheReason[] ALL = values();

  static CacheReason at(int ordinal) {
    return ALL[ordinal];
  }
}
