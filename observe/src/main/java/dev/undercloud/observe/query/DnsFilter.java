package dev.undercloud.observe.query;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which questions to the DNS server; the latest come first.
 *
 * @param since the earliest; null for the last day
 * @param name a part of the name; null for all
 * @param limit 1 to {@link #MOST}
 */
public record DnsFilter(@Nullable Instant since, @Nullable String name, int limit) {
  /** A page of a list that a person reads or a script takes at once. */
  public static final int MOST = 10_000;

  public DnsFilter {
    name = name == null ? null : name.toLowerCase(Locale.ROOT);
    limit = Math.clamp(limit, 1, MOST);
  }
}
