package dev.undercloud.edge.cache;

import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.cache.DiskFormat.Label;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The disk tier: a file for each response that memory had no room for. Files are written under
 * another name and renamed, so that after a crash each is whole or not there; what is damaged all
 * the same is told by its checksum and dropped. One thread of its own writes and removes; looking
 * up takes no lock. Any thread.
 */
final class DiskTier implements AutoCloseable {
  private static final String SUFFIX = ".response";
  private static final String NEW = ".new";

  /** Files; what is known of one takes some 300 bytes of memory. */
  private static final int MOST_FILES = 100_000;

  /** Bytes that may wait to be written; more are dropped: nothing waits for this disk. */
  private static final long MOST_WAITING = 32L << 20;

  /** What is of no use for at least so long is not worth a file. */
  private static final int LEAST_SECONDS = 10;

  private static final Runnable END = () -> {};

  private final Path folder;
  private final long budget;
  private final Clock clock;
  private final long seed;
  private final ConcurrentHashMap<Key, List<Item>> index = new ConcurrentHashMap<>();
  private final LinkedTransferQueue<Runnable> work = new LinkedTransferQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong count = new AtomicLong();
  private final Thread worker;

  /** Oldest first; the worker's. */
  private final ArrayDeque<Item> order = new ArrayDeque<>();

  private long next;

  /** One file. */
  private static final class Item {
    final Label label;
    final Path file;
    final long size;
    volatile boolean dead;

    Item(Label label, Path file, long size) {
      this.label = label;
      this.file = file;
      this.size = size;
    }
  }

  DiskTier(Path folder, CacheSettings settings, Clock clock, long seed) {
    this.folder = folder;
    this.clock = clock;
    this.seed = seed;
    budget = settings.diskBytes();
    work.add(this::scan);
    worker = Thread.ofVirtual().name("cache-disk").start(this::run);
  }

  private void run() {
    try {
      for (Runnable task; (task = work.take()) != END; ) {
        task.run();
      }
      // What the last writes have pushed out goes too.
      for (Runnable rest; (rest = work.poll()) != null; ) {
        rest.run();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  // ---------------------------------------------------------------- the worker's

  /** Finds what an earlier process has left. */
  private void scan() {
    try {
      Files.createDirectories(folder);
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.sorted(Comparator.comparing(Path::toString)).toList();
      }
      for (Path file : files) {
        found(file);
      }
      shrink();
    } catch (IOException unreadable) {
      // Without its folder the cache has one tier less; requests do not notice.
    }
  }

  private void found(Path file) {
    String name = file.getFileName().toString();
    Label label = name.endsWith(SUFFIX) ? label(file) : null;
    if (label == null || label.until() < clock.now().getEpochSecond()) {
      delete(file);
      return;
    }
    try {
      next = Math.max(next, Long.parseLong(name.substring(0, name.length() - SUFFIX.length())) + 1);
      add(new Item(label, file, Files.size(file)));
    } catch (IOException | NumberFormatException strange) {
      delete(file);
    }
  }

  private @Nullable Label label(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] prefix = in.readNBytes(DiskFormat.PREFIX);
      int length = prefix.length < DiskFormat.PREFIX ? -1 : DiskFormat.labelLength(prefix);
      if (length < 0) {
        return null;
      }
      byte[] all = java.util.Arrays.copyOf(prefix, prefix.length + length);
      byte[] rest = in.readNBytes(length);
      System.arraycopy(rest, 0, all, prefix.length, rest.length);
      return rest.length < length ? null : DiskFormat.label(all, seed);
    } catch (IOException unreadable) {
      return null;
    }
  }

  private void add(Item item) {
    index.compute(
        item.label.key(),
        (key, before) -> {
          List<Item> all = new ArrayList<>();
          all.add(item);
          if (before != null) {
            for (Item each : before) {
              if (each.label.variation().isSame(item.label.variation())
                  || all.size() == Memory.MOST_VARIANTS) {
                drop(each);
              } else {
                all.add(each);
              }
            }
          }
          return List.copyOf(all);
        });
    order.add(item);
    bytes.addAndGet(item.size);
    count.incrementAndGet();
  }

  private void write(Entry entry) {
    List<Item> there = index.getOrDefault(entry.key, List.of());
    for (Item each : there) {
      if (each.label.received() >= entry.received
          && each.label.variation().isSame(entry.variation)) {
        return;
      }
    }
    Path file = folder.resolve("%016d%s".formatted(next++, SUFFIX));
    Path draft = folder.resolve(file.getFileName() + NEW);
    try {
      byte[] all = DiskFormat.write(entry);
      Files.write(draft, all);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      Label label =
          new Label(entry.key, entry.variation, entry.tags, entry.received, entry.usefulUntil());
      add(new Item(label, file, all.length));
      shrink();
    } catch (IOException full) {
      delete(draft);
    }
  }

  private void shrink() {
    while (bytes.get() > budget || count.get() > MOST_FILES) {
      Item oldest = order.poll();
      if (oldest == null) {
        return;
      }
      remove(oldest);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      // It is found again at the next start.
    }
  }

  // ---------------------------------------------------------------- everybody's

  /** What memory has no room for: written when the disk comes to it, or not at all. */
  void offer(Entry entry) {
    long weight = entry.weight();
    boolean useful = entry.usefulUntil() - clock.now().getEpochSecond() >= LEAST_SECONDS;
    if (!useful || waiting.get() + weight > MOST_WAITING) {
      return;
    }
    waiting.addAndGet(weight);
    work.add(() -> {
      waiting.addAndGet(-weight);
      write(entry);
    });
  }

  boolean has(Key key) {
    return index.containsKey(key);
  }

  /** Reads what there is of a key on a thread of its own; false where there is nothing. */
  boolean load(Key key, Consumer<List<Entry>> then) {
    List<Item> items = index.get(key);
    if (items == null) {
      return false;
    }
    Thread.ofVirtual()
        .start(() -> {
          List<Entry> read = new ArrayList<>();
          try {
            for (Item item : items) {
              read(item, read);
            }
          } finally {
            then.accept(read);
          }
        });
    return true;
  }

  private void read(Item item, List<Entry> into) {
    Entry entry = null;
    try {
      entry = DiskFormat.read(Files.readAllBytes(item.file), clock, seed);
    } catch (IOException gone) {
      // As damaged.
    }
    if (entry != null && entry.key.equals(item.label.key()) && !item.dead) {
      into.add(entry);
    } else {
      remove(item);
    }
  }

  /** A newer response is in memory. */
  void replaced(Entry by) {
    for (Item item : index.getOrDefault(by.key, List.of())) {
      if (item.label.variation().isSame(by.variation)) {
        remove(item);
      }
    }
  }

  /** Removes all variants; how many there were. */
  int remove(Key key) {
    List<Item> items = index.remove(key);
    if (items == null) {
      return 0;
    }
    items.forEach(this::drop);
    return items.size();
  }

  /**
   * The same for what is purged; the files are gone when it returns. Blocks.
   *
   * @param counted keys that were removed from memory already
   */
  int removeIf(String app, Purge purge, Set<Key> counted) {
    int removed = 0;
    for (List<Item> items : index.values()) {
      for (Item item : items) {
        Key key = item.label.key();
        if (key.app().equals(app) && purge.names(key, item.label.tags()) && remove(item)) {
          delete(item.file);
          removed += counted.contains(key) ? 0 : 1;
        }
      }
    }
    return removed;
  }

  private boolean remove(Item item) {
    boolean[] was = new boolean[1];
    index.computeIfPresent(
        item.label.key(),
        (key, all) -> {
          List<Item> rest = all.stream().filter(each -> each != item).toList();
          was[0] = rest.size() < all.size();
          return rest.isEmpty() ? null : rest;
        });
    if (was[0]) {
      drop(item);
    }
    return was[0];
  }

  private void drop(Item item) {
    if (!item.dead) {
      item.dead = true;
      bytes.addAndGet(-item.size);
      count.decrementAndGet();
      work.add(() -> delete(item.file));
    }
  }

  long entries() {
    return count.get();
  }

  long bytes() {
    return bytes.get();
  }

  /** Writes what waits, then ends. Blocks. */
  @Override
  public void close() {
    work.add(END);
    try {
      worker.join();
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
