package dev.undercloud.observe.ingest;

import dev.undercloud.observe.model.LogEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The last lines, bounded in number and characters, so that logs can be read before, and whether or
 * not, the store has them. The drain thread adds; any thread asks.
 */
public final class RecentLines {
  /** Enough for {@code logs} without a look at the disk. */
  static final int MOST_LINES = 10_000;

  /** 4 MiB of text at one byte a character. */
  static final int MOST_CHARS = 4 << 20;

  private final ArrayDeque<LogEntry> lines = new ArrayDeque<>();

  /** Requests found later, by the line's number: a line is immutable and stays where it is. */
  private final Map<Long, LogEntry> correlated = new HashMap<>();

  private int chars;

  synchronized void add(LogEntry line) {
    lines.addLast(line);
    chars += line.message().length();
    while (lines.size() > MOST_LINES || (chars > MOST_CHARS && lines.size() > 1)) {
      LogEntry oldest = lines.removeFirst();
      chars -= oldest.message().length();
      correlated.remove(oldest.seq());
    }
  }

  /** The same line with its request, found later. */
  synchronized void correlated(LogEntry line) {
    if (!lines.isEmpty() && line.seq() >= lines.getFirst().seq()) {
      correlated.put(line.seq(), line);
    }
  }

  /** Newest first, {@code limit} at most. */
  public synchronized List<LogEntry> newest(Predicate<LogEntry> wanted, int limit) {
    List<LogEntry> found = new ArrayList<>();
    Iterator<LogEntry> backwards = lines.descendingIterator();
    while (backwards.hasNext() && found.size() < limit) {
      LogEntry line = backwards.next();
      line = correlated.getOrDefault(line.seq(), line);
      if (wanted.test(line)) {
        found.add(line);
      }
    }
    return found;
  }

  /** The number of the oldest line still here; {@link Long#MAX_VALUE} where there is none. */
  public synchronized long oldestSeq() {
    return lines.isEmpty() ? Long.MAX_VALUE : lines.getFirst().seq();
  }
}
