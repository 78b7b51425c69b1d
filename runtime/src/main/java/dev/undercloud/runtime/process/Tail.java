package dev.undercloud.runtime.process;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;

/**
 * Reads what one replica writes to its output file, while it writes. The file is no pipe to us, so
 * the replica neither notices our death nor waits for us. What was read is given back to the disk
 * at once; how far we have read is kept beside it, for whoever reads on after us.
 *
 * <p>Runs on the {@link Tailer}'s thread.
 */
final class Tail {
  /** More than any app that means its lines; a flood beyond it would only fill the log store. */
  static final int MOST_LINES_A_SECOND = 5_000;

  /** The same for long lines. */
  static final int MOST_BYTES_A_SECOND = 8 << 20;

  /** What may lie unread before a part of it is skipped: bounds disk use and memory. */
  static final long MOST_UNREAD = 32 << 20;

  /** Holes are punched in steps of this: a multiple of every file system's block. */
  private static final long PUNCH_STEP = 64 << 10;

  static final int READ_AT_ONCE = 128 << 10;

  private final Path file;
  private final Path offsetFile;
  private final FileChannel in;
  private final FileChannel offsets;
  private final Clock clock;
  private final Output output;
  private final LineSplitter splitter;
  private final Rate lineRate;
  private final Rate byteRate;

  /** Completes when everything was read after {@link #end}. */
  final CompletableFuture<Void> drained = new CompletableFuture<>();

  private volatile boolean ending;
  private long lineRoom;
  private long position;
  private long saved = -1;
  private long punched;
  private boolean holes = true;
  private long droppedLines;
  private long droppedBytes;
  private long lastReport;

  private Tail(
      Path file, Path offsetFile, FileChannel in, FileChannel offsets, Clock clock, Output output) {
    this.file = file;
    this.offsetFile = offsetFile;
    this.in = in;
    this.offsets = offsets;
    this.clock = clock;
    this.output = output;
    splitter = new LineSplitter(this::admit, output::line);
    long now = clock.nanos();
    lineRate = new Rate(MOST_LINES_A_SECOND, now);
    byteRate = new Rate(MOST_BYTES_A_SECOND, now);
    lastReport = now;
  }

  /** Opens the output of a replica where the last reader stopped. */
  static Tail open(Path file, Path offsetFile, Clock clock, Output output) throws IOException {
    FileChannel in = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileChannel offsets =
          FileChannel.open(offsetFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      Tail tail = new Tail(file, offsetFile, in, offsets, clock, output);
      tail.position = Math.min(savedOffset(offsetFile), in.size());
      tail.punched = tail.position - tail.position % PUNCH_STEP;
      return tail;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static long savedOffset(Path offsetFile) throws IOException {
    String text = Files.readString(offsetFile, StandardCharsets.US_ASCII).strip();
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  /** Nobody writes any more: the next {@link #pump} that finds no more closes it. */
  void end() {
    ending = true;
  }

  /**
   * Reads what is there, within the rates and as much as fits; whether there was anything.
   *
   * @param buffer to read into, of {@link #READ_AT_ONCE}; all replicas may have the same
   */
  boolean pump(byte[] buffer) {
    try {
      boolean any = read(buffer);
      if (!any && ending) {
        finish();
      }
      report(false);
      return any;
    } catch (IOException e) {
      output.line("[undercloud] the output cannot be read any more: " + e.getMessage());
      drained.complete(null);
      return false;
    }
  }

  /** Ends the reading, and leaves the file and the place in it to a later process. */
  void leave() {
    closeQuietly();
  }

  private boolean read(byte[] buffer) throws IOException {
    long size = in.size();
    if (size < position) {
      // The app opened its own output with truncation, as `> /dev/stdout` does.
      position = 0;
      punched = 0;
      splitter.flush();
    }
    if (size == position) {
      return false;
    }
    long now = clock.nanos();
    lineRoom = lineRate.available(now);
    long budget = Math.min(byteRate.available(now), buffer.length);
    if (size - position > MOST_UNREAD) {
      skipTo(size - PUNCH_STEP);
    } else if (ending && budget <= 0) {
      // The end of what it said is worth a little more than the rate.
      budget = buffer.length;
    }
    if (budget <= 0) {
      return false;
    }
    int count = in.read(ByteBuffer.wrap(buffer, 0, (int) budget), position);
    if (count <= 0) {
      return false;
    }
    byteRate.take(count);
    splitter.feed(buffer, 0, count);
    position += count;
    save();
    giveBack(size);
    return true;
  }

  private void skipTo(long target) throws IOException {
    droppedBytes += target - position;
    position = target;
    splitter.skipToNextLine();
    giveBack(Long.MAX_VALUE);
  }

  private boolean admit() {
    if (lineRoom <= 0) {
      droppedLines++;
      return false;
    }
    lineRoom--;
    lineRate.take(1);
    return true;
  }

  /** Says once a second at most what was dropped. */
  private void report(boolean now) {
    if (droppedLines == 0 && droppedBytes == 0) {
      return;
    }
    if (!now && clock.nanos() - lastReport < 1_000_000_000L) {
      return;
    }
    lastReport = clock.nanos();
    String lines = droppedLines == 0 ? "" : droppedLines + " lines";
    String bytes = droppedBytes == 0 ? "" : new ByteSize(droppedBytes).toString();
    output.line(
        "[undercloud] dropped "
            + (lines.isEmpty() || bytes.isEmpty() ? lines + bytes : lines + " and " + bytes)
            + " of output: at most "
            + MOST_LINES_A_SECOND
            + " lines and "
            + new ByteSize(MOST_BYTES_A_SECOND)
            + " a second are kept");
    droppedLines = 0;
    droppedBytes = 0;
  }

  private void save() throws IOException {
    long place = position - splitter.pending();
    if (place != saved) {
      byte[] text = "%-19d\n".formatted(place).getBytes(StandardCharsets.US_ASCII);
      offsets.write(ByteBuffer.wrap(text), 0);
      saved = place;
    }
  }

  /** Frees the disk blocks of what was read. */
  private void giveBack(long size) throws IOException {
    long done = position - splitter.pending();
    if (holes && done - punched >= PUNCH_STEP) {
      long upTo = done - done % PUNCH_STEP;
      holes = Sys.punchHole(file, punched, upTo - punched) == 0;
      punched = upTo;
    }
    if (!holes && position == size && position >= PUNCH_STEP && splitter.pending() == 0) {
      // No holes on this file system: what is written between these two calls is lost.
      in.truncate(0);
      position = 0;
      punched = 0;
      save();
    }
  }

  private void finish() throws IOException {
    lineRoom = 1;
    splitter.flush();
    report(true);
    save();
    closeQuietly();
    drained.complete(null);
  }

  private void closeQuietly() {
    try (in;
        offsets) {
      save();
    } catch (IOException repeats) {
      // A later reader then reads a few lines again; nothing else depends on it.
      droppedLines = 0;
    }
  }

  @Override
  public String toString() {
    return file + " from " + offsetFile;
  }
}
