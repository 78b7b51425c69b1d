package dev.undercloud.runtime.process;

import dev.undercloud.core.telemetry.LogLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Makes lines of bytes: UTF-8, what is none replaced, {@code \n} or {@code \r\n} at the end. A line
 * over {@link LogLine#LONGEST} characters is cut and says so; its rest is never kept. One thread.
 */
final class LineSplitter {
  /** What a line of the longest kind takes in UTF-8 at most. */
  private static final int MOST_BYTES = LogLine.LONGEST * 4;

  private final BooleanSupplier wanted;
  private final Consumer<String> lines;
  private byte[] buffer = new byte[512];
  private int length;

  /** Bytes of the present line, those beyond the buffer included. */
  private long seen;

  private boolean skipping;

  /**
   * @param wanted asked once a line, before anything is made of it: a flood must cost little
   */
  LineSplitter(BooleanSupplier wanted, Consumer<String> lines) {
    this.wanted = wanted;
    this.lines = lines;
  }

  void feed(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        keep(bytes, start, i);
        emit();
        start = i + 1;
      }
    }
    keep(bytes, start, to);
  }

  /** Gives out a line that has no end: nobody writes any more. */
  void flush() {
    if (seen > 0) {
      emit();
    }
    skipping = false;
  }

  /** Forgets the present line, whose rest was dropped, up to its end. */
  void skipToNextLine() {
    length = 0;
    seen = 0;
    skipping = true;
  }

  /**
   * Bytes that were fed and not given out, which a later reader should read again; 0 for a line so
   * long that it will be cut.
   */
  int pending() {
    return seen > length ? 0 : length;
  }

  private void keep(byte[] bytes, int from, int to) {
    if (skipping) {
      return;
    }
    seen += to - from;
    int room = Math.min(to - from, MOST_BYTES - length);
    if (room <= 0) {
      return;
    }
    if (length + room > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.min(MOST_BYTES, Math.max(length + room, length * 2)));
    }
    System.arraycopy(bytes, from, buffer, length, room);
    length += room;
  }

  private void emit() {
    if (skipping) {
      skipping = false;
      return;
    }
    if (wanted.getAsBoolean()) {
      lines.accept(text());
    }
    length = 0;
    seen = 0;
  }

  private String text() {
    int end = length > 0 && seen == length && buffer[length - 1] == '\r' ? length - 1 : length;
    String text = new String(buffer, 0, end, StandardCharsets.UTF_8);
    if (text.indexOf('\0') >= 0) {
      // What a hole in the file reads as, or nothing anyone can read.
      text = text.replace("\0", "");
    }
    if (seen > length || text.length() > LogLine.LONGEST) {
      String mark = "… [cut, " + seen + " bytes]";
      text = text.substring(0, Math.min(text.length(), LogLine.LONGEST - mark.length())) + mark;
    }
    return text;
  }
}
