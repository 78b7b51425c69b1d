package dev.undercloud.core.route;

import java.util.List;

/**
 * Everything the edge routes by, swapped as one reference.
 *
 * @param version grows with every publication
 * @param apps with exactly one of this edge, {@code localhost} and bare addresses reach it too
 */
public record RoutingTable(long version, List<AppRoute> apps) {
  public static final RoutingTable EMPTY = new RoutingTable(0, List.of());

  public RoutingTable {
    apps = List.copyOf(apps);
  }

  /** The apps of this edge, without those that others serve. */
  public List<AppRoute> here() {
    return apps.stream().filter(AppRoute::isHere).toList();
  }
}
