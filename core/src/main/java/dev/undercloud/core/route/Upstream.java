package dev.undercloud.core.route;

/**
 * A replica as the edge sees it. Equal upstreams are the same replica: the edge keeps connections
 * and counts across tables by {@link #id}.
 *
 * @param id unique for the life of the state folder, never reused: {@code articles.web.1-3f9c}
 * @param app the app's name
 * @param replica what people call it: {@code web.1}
 * @param release the release it runs
 * @param address where it listens
 */
public record Upstream(String id, String app, String replica, String release, Address address) {}
