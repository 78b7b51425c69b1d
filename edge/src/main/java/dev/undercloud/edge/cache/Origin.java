package dev.undercloud.edge.cache;

import dev.undercloud.core.policy.CacheRule;

/**
 * What counts of a request once its response comes.
 *
 * @param key frozen
 * @param noStore it asks that nothing be stored
 * @param authorization it has credentials
 * @param cookie it has cookies
 * @param range it asks for a part
 * @param stamp {@link HttpCache#stamp} when it was sent
 */
public record Origin(
    Key key,
    CacheRule rule,
    boolean noStore,
    boolean authorization,
    boolean cookie,
    boolean range,
    long stamp) {}
