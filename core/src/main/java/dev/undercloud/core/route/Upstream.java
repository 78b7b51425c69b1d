package dev.undercloud.core.route;

import dev.undercloud.core.model.Protocol;

/**
 * A replica as the edge sees it. Equal ids are the same replica: the edge keeps connections and
 * counts across tables by {@link #id}.
 *
 * @param id unique for the life of the state folder, never reused: {@code articles.web.1-3f9c}
 * @param app the app's name
 * @param replica what people call it: {@code web.1}
 * @param release the release it runs
 * @param address where it listens
 * @param weight its share of the app's requests relative to the others', above 0
 * @param protocol what it speaks, the same for its whole life
 */
public record Upstream(
    String id,
    String app,
    String replica,
    String release,
    Address address,
    double weight,
    Protocol protocol) {
  /** The weight of a replica that is like the others. */
  public static final double EQUAL = 1;

  public Upstream {
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("a weight is a number above 0: " + weight);
    }
  }

  /** One that speaks HTTP/1.1. */
  public Upstream(
      String id, String app, String replica, String release, Address address, double weight) {
    this(id, app, replica, release, address, weight, Protocol.HTTP1);
  }

  /** One that is like the others and speaks HTTP/1.1. */
  public Upstream(String id, String app, String replica, String release, Address address) {
    this(id, app, replica, release, address, EQUAL);
  }
}
