package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot was made of: every entry with the hash of its content, and when the project was
 * looked at. By it a later build finds that nothing has changed without reading a file. Immutable.
 */
final class Manifest {
  /**
   * A file changed this shortly before we looked may have changed again within one tick of the file
   * system's clock: it is read again (git calls such entries racy).
   */
  private static final long RACY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final long looked;
  private final List<Entry> entries;
  private final Map<String, String> hashes;

  Manifest(Instant looked, List<Entry> entries, Map<String, String> hashes) {
    this(nanos(looked), List.copyOf(entries), Map.copyOf(hashes));
  }

  private Manifest(long looked, List<Entry> entries, Map<String, String> hashes) {
    this.looked = looked;
    this.entries = entries;
    this.hashes = hashes;
  }

  /** One hash for all of it: names, modes, links and contents. */
  String tree() {
    Digest digest = new Digest();
    entries.forEach(entry -> digest.add(entry.describe(hashes.getOrDefault(entry.path(), ""))));
    return digest.hex();
  }

  /** Whether {@code now}, seen on disk, is certainly what this manifest was made of. */
  boolean same(List<Entry> now) {
    return entries.stream().filter(entry -> entry.kind().found()).toList().equals(now)
        && now.stream()
            .map(Entry::stat)
            .allMatch(s -> Math.max(s.modified(), s.changed()) < looked - RACY_NANOS);
  }

  List<Entry> entries() {
    return entries;
  }

  void write(Path file) throws IOException {
    StringBuilder out = new StringBuilder().append(looked).append('\n');
    for (Entry entry : entries) {
      Entry.Stat s = entry.stat();
      out.append(entry.kind()).append('\t').append(entry.executable()).append('\t');
      out.append(s.size()).append('\t').append(s.modified()).append('\t');
      out.append(s.changed()).append('\t').append(s.inode()).append('\t');
      out.append(hashes.getOrDefault(entry.path(), "-")).append('\t');
      out.append(escape(entry.path())).append('\t').append(escape(entry.target())).append('\n');
    }
    Files.writeString(file, out);
  }

  /** Reads what {@link #write} wrote; null where it cannot be read, as after another version. */
  static @Nullable Manifest read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      List<Entry> entries = new ArrayList<>();
      Map<String, String> hashes = new HashMap<>();
      for (String line : lines.subList(1, lines.size())) {
        String[] f = line.split("\t", -1);
        Entry.Stat stat = new Entry.Stat(number(f[2]), number(f[3]), number(f[4]), number(f[5]));
        String path = unescape(f[7]);
        Entry.Kind kind = Entry.Kind.valueOf(f[0]);
        entries.add(new Entry(kind, path, unescape(f[8]), f[1].equals("true"), stat));
        if (!f[6].equals("-")) {
          hashes.put(path, f[6]);
        }
      }
      return new Manifest(number(lines.getFirst()), List.copyOf(entries), Map.copyOf(hashes));
    } catch (IOException | RuntimeException unreadable) {
      return null;
    }
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  private static long number(String digits) {
    return Long.parseLong(digits);
  }

  private static String escape(String text) {
    return text.replace("%", "%25").replace("\t", "%09").replace("\n", "%0A").replace("\r", "%0D");
  }

  private static String unescape(String text) {
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%09", "\t").replace("%25", "%");
  }
}
