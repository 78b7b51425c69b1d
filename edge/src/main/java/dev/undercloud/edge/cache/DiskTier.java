package dev.undercloud.edge.cache;

import dev.undercloud.core.time.Clock;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Placeholder of the disk tier. */
final class DiskTier implements AutoCloseable {
  DiskTier(Path folder, CacheSettings settings, Clock clock, long seed) {}

  void offer(Entry entry) {}

  boolean load(Key key, Consumer<Entry> into, Runnable then) {
    return false;
  }

  boolean has(Key key) {
    return false;
  }

  int remove(Key key) {
    return 0;
  }

  int removeIf(String app, Purge purge) {
    return 0;
  }

  int entries() {
    return 0;
  }

  long bytes() {
    return 0;
  }

  @Override
  public void close() {}
}
