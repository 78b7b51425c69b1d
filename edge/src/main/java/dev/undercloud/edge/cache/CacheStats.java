package dev.undercloud.edge.cache;

/**
 * What the cache holds and has done.
 *
 * @param entries stored responses in memory
 * @param bytes that they take
 * @param budget of {@code bytes}
 * @param diskEntries stored responses on disk
 * @param diskBytes that they take
 * @param diskBudget of {@code diskBytes}
 * @param hits requests answered from the cache
 * @param misses requests that it could have answered and did not
 * @param stored responses stored
 * @param evicted responses that made room for others
 */
public record CacheStats(
    long entries,
    long bytes,
    long budget,
    long diskEntries,
    long diskBytes,
    long diskBudget,
    long hits,
    long misses,
    long stored,
    long evicted) {}
