package dev.undercloud.edge.cache;

import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.ResponseHead;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cache that all event loops of an edge share (RFC 9111). Any thread; finding takes no lock and
 * never waits.
 */
public final class HttpCache implements AutoCloseable {
  /** Keys of which it is remembered whether their responses can be stored. */
  private static final int REMEMBERED = 1 << 14;

  private static final long STORABLE = 1;
  private static final String RANGE = "range";

  private final Clock clock;
  private final CacheSettings settings;
  private final long seed;
  private final Memory memory;
  private final @Nullable DiskTier disk;
  private final ConcurrentHashMap<Key, Flight> flights = new ConcurrentHashMap<>();
  private final Removals removals = new Removals();
  private final AtomicLongArray remembered = new AtomicLongArray(REMEMBERED);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder stored = new LongAdder();

  /**
   * @param seed chance, so that nobody can choose keys that collide
   */
  public HttpCache(CacheSettings settings, Clock clock, long seed) {
    this.clock = clock;
    this.settings = settings;
    this.seed = seed;
    disk =
        settings.folder().map(folder -> new DiskTier(folder, settings, clock, seed)).orElse(null);
    DiskTier below = disk;
    memory = new Memory(settings.memoryBytes(), below == null ? entry -> {} : below::offer);
  }

  public long seed() {
    return seed;
  }

  public CacheSettings settings() {
    return settings;
  }

  // ---------------------------------------------------------------- finding

  /** The newest stored response that fits a request with these fields; null where none does. */
  public @Nullable Entry find(Key key, FieldSection fields, byte[] in) {
    Entry[] all = memory.get(key);
    Entry found = null;
    if (all != null) {
      for (Entry each : all) {
        found = newer(found, each, fields, in);
      }
    }
    if (found != null && !found.touched) {
      found.touched = true;
    }
    return found;
  }

  /** The same of these alone. */
  public static @Nullable Entry find(List<Entry> all, FieldSection fields, byte[] in) {
    Entry found = null;
    for (Entry each : all) {
      found = newer(found, each, fields, in);
    }
    return found;
  }

  private static @Nullable Entry newer(
      @Nullable Entry found, Entry each, FieldSection fields, byte[] in) {
    if (!each.variation.matches(fields, in)) {
      return found;
    }
    if (found == null || found.isPart() != each.isPart()) {
      // The whole goes before a part.
      return found == null || found.isPart() ? each : found;
    }
    return each.date > found.date ? each : found;
  }

  /** A stored part that has what a request with these fields asks for; null where there is none. */
  public @Nullable Entry findPart(Key key, Asked asked, FieldSection fields, byte[] in) {
    Entry[] all = memory.get(key);
    if (all == null) {
      return null;
    }
    for (Entry each : all) {
      Part part = each.part;
      if (part != null && each.variation.matchesBut(RANGE, fields, in)) {
        ByteRange range = ByteRange.parse(in, asked.rangeAt, asked.rangeEnd, part.total());
        if (range != null && part.has(range)) {
          each.touched = true;
          return each;
        }
      }
    }
    return null;
  }

  /** Whether anything is stored under the key. */
  public boolean has(Key key) {
    return memory.get(key) != null;
  }

  /** Counts a request that could be answered from here. */
  public void asked(Key key, boolean hit) {
    (hit ? hits : misses).increment();
    memory.asked(key);
  }

  /** Whether the disk may have something under the key. */
  public boolean isOnDisk(Key key) {
    DiskTier below = disk;
    return below != null && below.has(key);
  }

  /**
   * Whether the disk has something under the key: {@code then} gets it, on another thread. Memory
   * gets it too, if it has room.
   */
  public boolean load(Key key, Consumer<List<Entry>> then) {
    DiskTier below = disk;
    if (below == null) {
      return false;
    }
    long stamp = stamp();
    return below.load(
        key,
        read -> {
          List<Entry> sound = new ArrayList<>();
          for (Entry entry : read) {
            if (putIfUnchanged(entry, stamp)) {
              sound.add(entry);
            }
          }
          then.accept(sound);
        });
  }

  // ---------------------------------------------------------------- storing

  /**
   * This moment: what of a key is removed after it is not stored by whoever asked before. Not to be
   * taken later than the request is sent.
   */
  public long stamp() {
    return removals.now();
  }

  /** Stores it, unless something was removed since {@code stamp}. */
  public void store(Entry entry, long stamp) {
    DiskTier below = disk;
    if (below != null) {
      below.replaced(entry);
    }
    if (putIfUnchanged(entry, stamp)) {
      stored.increment();
    }
  }

  private boolean putIfUnchanged(Entry entry, long stamp) {
    if (removals.has(entry.key, stamp)) {
      return false;
    }
    memory.put(entry);
    if (removals.has(entry.key, stamp)) {
      memory.remove(entry.key);
      return false;
    }
    return true;
  }

  /** Notes whether responses of this key can be stored: only those are worth waiting for. */
  public void remember(Key key, boolean storable) {
    long hash = key.hash() & ~STORABLE;
    remembered.setOpaque(slot(hash), storable ? hash | STORABLE : hash);
  }

  /** Whether it is worth waiting for another one's response. */
  public boolean isWorthWaiting(Key key, CacheRule rule) {
    long hash = key.hash() & ~STORABLE;
    long known = remembered.getOpaque(slot(hash));
    return (known & ~STORABLE) == hash ? (known & STORABLE) != 0 : rule.ttl().isPresent();
  }

  private static int slot(long hash) {
    return (int) (hash >>> 20) & REMEMBERED - 1;
  }

  /**
   * A stored response whose freshness a newer head renews (RFC 9111, 4.3.4); null if it may not.
   */
  public @Nullable Entry freshened(
      Entry old, ResponseHead newer, byte[] in, CacheRule rule, long now, long delayNanos) {
    byte[] merged = Heads.merged(old.head, newer, in);
    ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);
    if (head.parse(merged, 0, merged.length, true) != merged.length) {
      return null;
    }
    Facts update = new Facts();
    update.read(newer, in);
    if (old.etag != null && update.etag != null && !isSameTag(old.etag, update.etag)) {
      return null;
    }
    Facts facts = new Facts();
    facts.read(head, merged);
    facts.age = update.age;
    facts.date = update.date;
    Set<String> tags = update.tags.isEmpty() ? old.tags : Set.copyOf(update.tags);
    Entry fresh =
        Fill.entry(
            clock,
            old.key,
            old.variation,
            facts,
            head,
            merged,
            old.body,
            old.length,
            rule,
            tags,
            now,
            delayNanos);
    fresh.inherit(old);
    return fresh;
  }

  /**
   * Keeps what {@code entry} is when it is compressed, if it is stored still and there is room:
   * what is asked for more rarely goes first.
   *
   * @param body not to be changed any more
   */
  public void keep(Entry entry, Coding coding, byte[] body) {
    memory.add(entry, Heads.coded(entry, coding, new byte[][] {body}));
  }

  /**
   * What a response to HEAD says of a stored one to GET (RFC 9111, 4.3.5): it is renewed, or has
   * been replaced.
   */
  public void compare(
      Entry old,
      ResponseHead newer,
      byte[] in,
      CacheRule rule,
      long now,
      long delayNanos,
      long stamp) {
    Facts facts = new Facts();
    facts.read(newer, in);
    boolean same =
        (facts.etag == null || facts.etag.equals(old.etag))
            && (facts.lastModified == Dates.NONE || facts.lastModified == old.lastModified)
            && (newer.contentLength < 0 || newer.contentLength == old.length);
    if (!same) {
      drop(old);
      return;
    }
    Entry fresh = freshened(old, newer, in, rule, now, delayNanos);
    if (fresh != null && !facts.directives.noStore && !facts.directives.isPrivate) {
      store(fresh, stamp);
    }
  }

  private static boolean isSameTag(String a, String b) {
    boolean weak = a.startsWith("W/") || b.startsWith("W/");
    return weak || a.equals(b);
  }

  // ---------------------------------------------------------------- one for many

  /** Whether the caller fetches for whoever else asks meanwhile: it must {@link #land}. */
  public boolean takeOff(Key key) {
    return flights.putIfAbsent(key, new Flight()) == null;
  }

  /** Whether {@code wake} runs when somebody else's fetching has ended. */
  public boolean await(Key key, Runnable wake) {
    Flight flight = flights.get(key);
    return flight != null && flight.await(wake);
  }

  public void land(Key key) {
    Flight flight = flights.remove(key);
    if (flight != null) {
      flight.land();
    }
  }

  // ---------------------------------------------------------------- removing

  /** After an unsafe request (RFC 9111, 4.4): the URI under both schemes. */
  public void invalidate(Key key) {
    removeNow(key);
    removeNow(key.otherScheme(seed));
  }

  /** The same for another URI of that host, as Location names it; what is elsewhere stays. */
  public void invalidate(Key base, String reference) {
    String path = Urls.samePath(base.secure(), base.host(), base.path(), reference);
    if (path != null) {
      invalidate(Key.of(base.app(), base.secure(), base.host(), path, seed));
    }
  }

  /** Whether {@code reference} in a response to a request for {@code base} means just that. */
  public boolean names(Key base, String reference) {
    String path = Urls.samePath(base.secure(), base.host(), base.path(), reference);
    return path != null && Key.of(base.app(), base.secure(), base.host(), path, seed).equals(base);
  }

  private int removeNow(Key key) {
    removals.add(key);
    int removed = memory.remove(key);
    DiskTier below = disk;
    return below == null ? removed : Math.max(removed, below.remove(key));
  }

  /** Removes one stored response that does not hold any more. */
  public void drop(Entry entry) {
    removeNow(entry.key);
  }

  /**
   * Removes what {@code purge} names of one app.
   *
   * @return how many stored responses were removed
   */
  public synchronized int purge(String app, Purge purge) {
    removals.addAll();
    Predicate<Entry> all = entry -> entry.key.app().equals(app) && purge.names(entry);
    int removed = 0;
    Set<Key> counted = new HashSet<>();
    for (Entry[] variants : memory.all()) {
      for (Entry entry : variants) {
        if (all.test(entry) && memory.remove(entry)) {
          removed++;
          counted.add(entry.key);
        }
      }
    }
    DiskTier below = disk;
    return below == null ? removed : removed + below.removeIf(app, purge, counted);
  }

  /** Counts at this moment. */
  public CacheStats stats() {
    DiskTier below = disk;
    return new CacheStats(
        memory.entries(),
        memory.bytes(),
        settings.memoryBytes(),
        below == null ? 0 : below.entries(),
        below == null ? 0 : below.bytes(),
        settings.diskBytes(),
        hits.sum(),
        misses.sum(),
        stored.sum(),
        memory.evictions());
  }

  @Override
  public void close() {
    DiskTier below = disk;
    if (below != null) {
      for (Entry[] variants : memory.all()) {
        for (Entry entry : variants) {
          below.offer(entry);
        }
      }
      below.close();
    }
  }
}
