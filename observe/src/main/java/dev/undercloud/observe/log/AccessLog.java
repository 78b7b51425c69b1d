package dev.undercloud.observe.log;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The JSON access log. The drain thread encodes, a thread of its own writes: a slow disk costs
 * lines, which are counted, and nothing else.
 */
public final class AccessLog implements AutoCloseable {
  /** Written when so much has gathered, or at each {@link #flush}. */
  private static final int CHUNK = 64 << 10;

  /** Chunks that wait for the disk at most: 2 MiB. */
  private static final int WAITING = 32;

  /** Files of the budget, so that rotation drops a fraction of it only. */
  private static final int FILES = 8;

  /** Between two attempts after a failure. */
  private static final Duration RETRY = Duration.ofSeconds(5);

  private record Chunk(byte[] bytes, int length, int lines) {}

  private static final Chunk END = new Chunk(new byte[0], 0, 0);

  private final AccessEncoder encoder = new AccessEncoder();
  private final ArrayBlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(WAITING);

  /** Buffers to be used again: a busy log allocates nothing. */
  private final ArrayBlockingQueue<byte[]> free = new ArrayBlockingQueue<>(4);

  private final RotatingFile file;
  private final Path path;
  private final Clock clock;
  private final Consumer<String> say;
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private int lines;
  private boolean failing;
  private long retryAt;

  /**
   * @param budget of all its files together
   * @param say takes a sentence when writing starts to fail and when it works again
   */
  public AccessLog(Path path, ByteSize budget, Clock clock, Consumer<String> say) {
    this.path = path;
    this.file = new RotatingFile(path, Math.max(4096, budget.bytes() / FILES), FILES);
    this.clock = clock;
    this.say = say;
    this.thread = Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
  }

  public AccessLog start() {
    thread.start();
    return this;
  }

  /** Adds a line. The drain thread's. */
  public void add(ExchangeSlot exchange) {
    encoder.write(exchange);
    lines++;
    if (encoder.out().length >= CHUNK) {
      flush();
    }
  }

  /** Hands what has gathered to the writer. The drain thread's; never waits. */
  public void flush() {
    JsonLine out = encoder.out();
    if (lines == 0) {
      return;
    }
    if (queue.remainingCapacity() > 1) {
      queue.add(new Chunk(out.bytes, out.length, lines));
      byte[] next = free.poll();
      out.bytes = next == null ? new byte[out.bytes.length] : next;
    } else {
      dropped.addAndGet(lines);
    }
    out.length = 0;
    lines = 0;
  }

  private void run() {
    try {
      for (Chunk chunk = queue.take(); chunk != END; chunk = queue.take()) {
        write(chunk);
        free.offer(chunk.bytes);
      }
      file.close();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (IOException closing) {
      // Every chunk was written; there is nothing left that could be lost.
    }
  }

  private void write(Chunk chunk) {
    if (failing && clock.nanos() - retryAt < 0) {
      dropped.addAndGet(chunk.lines);
      return;
    }
    try {
      file.append(chunk.bytes, chunk.length);
      written.addAndGet(chunk.lines);
      if (failing) {
        failing = false;
        say.accept("The access log is written again.");
      }
    } catch (IOException | RuntimeException failed) {
      dropped.addAndGet(chunk.lines);
      retryAt = clock.nanos() + RETRY.toNanos();
      if (!failing) {
        failing = true;
        say.accept(
            "The access log "
                + path
                + " cannot be written ("
                + failed.getMessage()
                + "); requests go on, its lines are dropped and counted. Free space or mend the"
                + " folder: it is tried again every "
                + RETRY.toSeconds()
                + " s.");
      }
    }
  }

  /** Lines that reached the file. */
  public long written() {
    return written.get();
  }

  /** Lines that did not. */
  public long dropped() {
    return dropped.get();
  }

  /** Writes what waits, two seconds at most. After the drain thread has ended. */
  @Override
  public void close() {
    flush();
    if (!queue.offer(END)) {
      thread.interrupt();
    }
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
