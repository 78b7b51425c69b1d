package dev.undercloud.observe.query;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which requests.
 *
 * @param app null for all
 * @param replica {@code web.1}; null for all
 * @param since the earliest; null for the last day
 * @param slow whether the slowest come first; else the latest do
 * @param errors whether only those that failed: 5xx, timed out, broken off by the replica
 * @param path a part of the path; null for all
 * @param limit 1 to {@link #MOST}
 */
public record RequestQuery(
    @Nullable String app,
    @Nullable String replica,
    @Nullable Instant since,
    boolean slow,
    boolean errors,
    @Nullable String path,
    int limit) {
  /** A page of a list that a person reads or a script takes at once. */
  public static final int MOST = 10_000;

  public RequestQuery {
    limit = Math.clamp(limit, 1, MOST);
  }

  /** The latest of all apps. */
  public static RequestQuery latest(int limit) {
    return new RequestQuery(null, null, null, false, false, null, limit);
  }
}
