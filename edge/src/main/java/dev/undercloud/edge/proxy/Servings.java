package dev.undercloud.edge.proxy;

import dev.undercloud.edge.balance.Service;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** One event loop's {@link Serving} in each app of the table in force. Its loop's thread only. */
final class Servings {
  private final Loop loop;
  private final Map<String, Serving> byApp = new HashMap<>();
  private Map<String, Service> services = Map.of();

  Servings(Loop loop) {
    this.loop = loop;
  }

  /** Another table comes into force, with these apps. */
  void adopt(Map<String, Service> known) {
    services = known;
  }

  Serving of(String app) {
    Service service = Objects.requireNonNull(services.get(app), app);
    Serving old = byApp.get(app);
    if (old == null || old.service != service) {
      byApp.put(app, new Serving(loop, service));
    }
    return byApp.get(app);
  }

  /** The table is in force: what it does not name ends here. */
  void retain(Set<String> named) {
    for (Iterator<Map.Entry<String, Serving>> all = byApp.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Serving> each = all.next();
      if (!named.contains(each.getKey())) {
        all.remove();
        each.getValue().leave();
      }
    }
    byApp.values().forEach(Serving::serve);
  }

  void tick(long now) {
    for (Serving serving : byApp.values()) {
      serving.tick(now);
    }
  }

  void sweep(long now) {
    for (Serving serving : byApp.values()) {
      serving.sweep(now);
    }
  }
}
