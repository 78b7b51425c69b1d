package dev.undercloud.edge.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The files that one loop keeps open, those used last: a hot file costs one walk of its path a
 * second and one look at its descriptor a request, or, where its content is in memory, ten a
 * second. Its loop's thread only.
 */
final class OpenFiles {
  /**
   * How long what is in memory anyway is sent without a look at its file: nobody edits and asks
   * again faster, and a look costs as much as all else that is done for a small file.
   */
  static final long UNSEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Kernel kernel;
  private final FileLimits limits;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
  private final Key probe = new Key();
  private long gzippedBytes;

  /** Why the last look found nothing. */
  boolean outOfDescriptors;

  OpenFiles(Kernel kernel, FileLimits limits) {
    this.kernel = kernel;
    this.limits = limits;
  }

  /** A path below a root. The one that probes is reused, those in the table are not. */
  private static final class Key {
    @Nullable Root root;
    int generation;
    byte[] path = {};
    int from;
    int to;

    private Key fixed() {
      Key copy = new Key();
      copy.root = root;
      copy.generation = generation;
      copy.path = Arrays.copyOfRange(path, from, to);
      copy.to = to - from;
      return copy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && key.root == root
          && key.generation == generation
          && Arrays.equals(path, from, to, key.path, key.from, key.to);
    }

    @Override
    public int hashCode() {
      int hash = 31 * System.identityHashCode(root) + generation;
      for (int i = from; i < to; i++) {
        hash = 31 * hash + path[i];
      }
      return hash;
    }
  }

  private static final class Entry {
    final OpenFile file;

    /** When its path led there. */
    long walkedAt;

    /** When it was seen to be what it was. */
    long seenAt;

    Entry(OpenFile file, long now) {
      this.file = file;
      walkedAt = seenAt = now;
    }

    /** Whether it may be sent without another walk. */
    boolean isFresh(long now, long freshNanos) {
      if (now - walkedAt >= freshNanos || file.racy) {
        return false;
      }
      if (file.plain.memory() != null && now - seenAt < UNSEEN_NANOS) {
        return true;
      }
      seenAt = now;
      return file.unchanged();
    }
  }

  /**
   * The regular file at {@code in[from, to)} below {@code root}. Valid until the next call; to be
   * retained for longer.
   *
   * @return null where there is none that may be served
   */
  @Nullable OpenFile find(Root root, byte[] in, int from, int to, long now, long nowSeconds) {
    outOfDescriptors = false;
    int folder = root.open(now, limits.freshNanos());
    if (folder == Kernel.NO_DESCRIPTOR) {
      clear();
      folder = root.open(now, limits.freshNanos());
    }
    if (folder < 0) {
      outOfDescriptors = folder == Kernel.NO_DESCRIPTOR;
      return null;
    }
    probe.root = root;
    probe.generation = root.generation;
    probe.path = in;
    probe.from = from;
    probe.to = to;
    Entry entry = entries.get(probe);
    if (entry != null && entry.isFresh(now, limits.freshNanos())) {
      return entry.file;
    }
    int fd = root.openBelow(folder, in, from, to);
    if (fd == Kernel.NO_DESCRIPTOR) {
      // Files that are only kept open give way to one that is asked for.
      clear();
      entry = null;
      fd = root.openBelow(folder, in, from, to);
      outOfDescriptors = fd == Kernel.NO_DESCRIPTOR;
    }
    return walked(entry, fd, now, nowSeconds);
  }

  private @Nullable OpenFile walked(@Nullable Entry entry, int fd, long now, long nowSeconds) {
    boolean there = fd >= 0 && kernel.stat(fd) && kernel.regular;
    if (there && entry != null && !entry.file.racy && entry.file.isWhatWasSeen()) {
      kernel.close(fd);
      entry.walkedAt = entry.seenAt = now;
      return entry.file;
    }
    if (entry != null) {
      entries.remove(probe);
      drop(entry);
    }
    if (!there) {
      if (fd >= 0) {
        kernel.close(fd);
      }
      return null;
    }
    int name = nameFrom(probe.path, probe.from, probe.to);
    OpenFile file = new OpenFile(kernel, fd, probe.path, name, probe.to, nowSeconds);
    file.kept = true;
    entries.put(probe.fixed(), new Entry(file, now));
    evict();
    return file;
  }

  private static int nameFrom(byte[] in, int from, int to) {
    int i = to;
    while (i > from && in[i - 1] != '/') {
      i--;
    }
    return i;
  }

  /** Memory that {@code file} holds from now on for its compressed form. */
  void gzipped(OpenFile file, int bytes) {
    if (file.kept) {
      gzippedBytes += bytes;
      evict();
    }
  }

  private void evict() {
    Iterator<Entry> oldest = entries.values().iterator();
    while ((entries.size() > limits.descriptors() || gzippedBytes > limits.gzippedBytes())
        && entries.size() > 1
        && oldest.hasNext()) {
      Entry entry = oldest.next();
      oldest.remove();
      drop(entry);
    }
  }

  private void drop(Entry entry) {
    Representation own = entry.file.gzipped;
    if (own != null) {
      gzippedBytes -= own.length();
    }
    entry.file.kept = false;
    entry.file.release();
  }

  /** Files kept open now. */
  int size() {
    return entries.size();
  }

  long gzippedBytes() {
    return gzippedBytes;
  }

  /** Closes whatever no response is reading. */
  void clear() {
    List<Entry> all = new ArrayList<>(entries.values());
    entries.clear();
    all.forEach(this::drop);
  }
}
