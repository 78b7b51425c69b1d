package dev.undercloud.runtime.process;

import dev.undercloud.runtime.driver.Exit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How the last replicas ended, for who asks late. Any thread. */
final class Ended {
  /** More than can end between an exit and whoever asks for it. */
  private static final int MOST = 1_000;

  private final Map<String, Exit> exits =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Exit> eldest) {
          return size() > MOST;
        }
      };

  synchronized void add(String id, Exit exit) {
    exits.put(id, exit);
  }

  synchronized Optional<Exit> of(String id) {
    return Optional.ofNullable(exits.get(id));
  }
}
