package dev.undercloud.edge.proxy;

import dev.undercloud.edge.balance.Service;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** One event loop's {@link AppQueue} in each app of the table in force. Its loop's thread only. */
final class AppQueues {
  private final Loop loop;
  private final Map<String, AppQueue> byApp = new HashMap<>();
  private Map<String, Service> services = Map.of();

  AppQueues(Loop loop) {
    this.loop = loop;
  }

  /** Another table comes into force, with these apps. */
  void adopt(Map<String, Service> known) {
    services = known;
  }

  AppQueue of(String app) {
    Service service = Objects.requireNonNull(services.get(app), app);
    AppQueue own = byApp.get(app);
    if (own == null || own.service != service) {
      own = new AppQueue(loop, service);
      byApp.put(app, own);
    }
    return own;
  }

  /** The table is in force: what it does not name ends here. */
  void retain(Set<String> named) {
    for (Iterator<Map.Entry<String, AppQueue>> all = byApp.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, AppQueue> each = all.next();
      if (!named.contains(each.getKey())) {
        all.remove();
        each.getValue().leave();
      }
    }
    byApp.values().forEach(AppQueue::serve);
  }

  void tick(long now) {
    for (AppQueue queue : byApp.values()) {
      queue.tick(now);
    }
  }

  void sweep(long now) {
    for (AppQueue queue : byApp.values()) {
      queue.sweep(now);
    }
  }
}
