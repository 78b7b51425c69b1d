package dev.undercloud.observe.model;

import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.unit.ByteSize;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** An exchange as one line of the edge's log, for people. Made when asked for, never stored. */
public final class AccessLine {
  private AccessLine() {}

  /** {@code GET /path 200 12.3 ms web.1 1.2 KiB}, at the time the exchange ended. */
  public static LogEntry of(long seq, Exchange e) {
    StringBuilder text = new StringBuilder(80);
    text.append(e.method().isEmpty() ? "-" : e.method())
        .append(' ')
        .append(e.path().isEmpty() ? "-" : e.target())
        .append(' ')
        .append(e.status() == 0 ? "-" : Integer.toString(e.status()))
        .append(String.format(Locale.ROOT, " %.1f ms ", e.millis()))
        .append(e.replica() == null ? "-" : e.replica())
        .append(' ')
        .append(new ByteSize(e.responseBytes()));
    if (e.error() != null) {
      text.append(": ").append(e.error());
    }
    return new LogEntry(
        seq,
        Instant.EPOCH.plus(e.endMicros(), ChronoUnit.MICROS),
        LogLine.Source.EDGE,
        e.app(),
        e.replica(),
        e.requestId(),
        LogEntry.Correlated.WRITER,
        text.toString());
  }
}
