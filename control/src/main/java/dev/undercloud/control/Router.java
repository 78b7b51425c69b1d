package dev.undercloud.control;

import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.watch.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps one app's route in the routing table. Controller's thread only. */
final class Router {
  private final Watch<RoutingTable> table;
  private @Nullable AppRoute published;
  private volatile long version;

  Router(Watch<RoutingTable> table) {
    this.table = table;
  }

  /** Makes {@code route} the app's only one, unless it is so already; null takes it away. */
  void publish(@Nullable AppRoute route) {
    if (Objects.equals(route, published)) {
      return;
    }
    // A route of the same app may stand there from a controller before this one.
    AppRoute known = published != null ? published : route;
    String before = known == null ? "" : known.app();
    RoutingTable next =
        table.update(old -> {
          List<AppRoute> apps = new ArrayList<>(old.apps());
          int at = indexOf(apps, before);
          if (at >= 0) {
            apps.remove(at);
          }
          if (route != null) {
            apps.add(at >= 0 ? at : apps.size(), route);
          }
          return new RoutingTable(old.version() + 1, apps);
        });
    published = route;
    version = next.version();
  }

  /** The version that holds what was published last; any later one does, too. Any thread. */
  long version() {
    return version;
  }

  private static int indexOf(List<AppRoute> apps, String name) {
    for (int i = 0; i < apps.size(); i++) {
      if (apps.get(i).app().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
