package dev.undercloud.edge.proxy;

import dev.undercloud.edge.balance.Service;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** One event loop's {@link Share} in each app of the table in force. Its loop's thread only. */
final class Shares {
  private final Loop loop;
  private final Map<String, Share> byApp = new HashMap<>();
  private Map<String, Service> services = Map.of();

  Shares(Loop loop) {
    this.loop = loop;
  }

  /** Another table comes into force, with these apps. */
  void adopt(Map<String, Service> known) {
    services = known;
  }

  Share of(String app) {
    Service service = Objects.requireNonNull(services.get(app), app);
    Share old = byApp.get(app);
    if (old == null || old.service != service) {
      byApp.put(app, new Share(loop, service));
    }
    return byApp.get(app);
  }

  /** The table is in force: what it does not name ends here. */
  void retain(Set<String> named) {
    for (Iterator<Map.Entry<String, Share>> all = byApp.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Share> each = all.next();
      if (!named.contains(each.getKey())) {
        all.remove();
        each.getValue().leave();
      }
    }
    byApp.values().forEach(Share::serve);
  }

  void tick(long now) {
    for (Share share : byApp.values()) {
      share.tick(now);
    }
  }

  void sweep(long now) {
    for (Share share : byApp.values()) {
      share.sweep(now);
    }
  }
}
