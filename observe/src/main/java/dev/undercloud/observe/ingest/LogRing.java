package dev.undercloud.observe.ingest;

import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Log lines from any thread to one reader, bounded in lines and in characters. No writer ever
 * waits; what does not fit is dropped and counted.
 */
public final class LogRing implements LogSink {
  /** Lines waiting at most: at a drain every 20 ms that is 400,000 a second. */
  static final int MOST_LINES = 8_192;

  /** Characters waiting at most, so that long lines cannot fill the heap. */
  static final int MOST_CHARS = 8 << 20;

  private final ConcurrentLinkedQueue<LogLine> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger chars = new AtomicInteger();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();

  @Override
  public void log(LogLine line) {
    int length = line.message().length();
    if (count.incrementAndGet() > MOST_LINES) {
      count.decrementAndGet();
      dropped.incrementAndGet();
      return;
    }
    if (chars.addAndGet(length) > MOST_CHARS) {
      chars.addAndGet(-length);
      count.decrementAndGet();
      dropped.incrementAndGet();
      return;
    }
    lines.add(line);
    taken.incrementAndGet();
  }

  /** Hands over the lines that wait now, oldest first; how many there were. One thread. */
  public int drain(Consumer<LogLine> reader) {
    int waiting = count.get();
    int done = 0;
    while (done < waiting) {
      LogLine line = lines.poll();
      if (line == null) {
        break;
      }
      count.decrementAndGet();
      chars.addAndGet(-line.message().length());
      reader.accept(line);
      done++;
    }
    return done;
  }

  /** Lines taken in since the start. */
  public long taken() {
    return taken.get();
  }

  /** Lines lost because the reader was behind. */
  public long dropped() {
    return dropped.get();
  }
}
