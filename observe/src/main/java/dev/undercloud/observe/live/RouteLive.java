package dev.undercloud.observe.live;

/**
 * What became of the requests that a route decided about.
 *
 * @param path its pattern
 * @param where it stands: {@code undercloud.toml:12}
 * @param requests all of them
 * @param limited refused by its rate limit
 * @param denied refused by its addresses, passwords or body limit
 * @param byEdge answered by the edge otherwise: files, cache, redirects
 */
public record RouteLive(
    String path, String where, Count requests, long limited, long denied, long byEdge) {}
