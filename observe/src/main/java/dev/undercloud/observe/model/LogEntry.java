package dev.undercloud.observe.model;

import dev.undercloud.core.telemetry.LogLine;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A log line as it was taken in.
 *
 * @param seq grows with each line taken in; a line of a later run has a higher one unless the clock
 *     was set back
 * @param requestId the request it belongs to; null where nobody can say
 * @param correlated how the request was found, or that a health check is behind the line; null
 *     where neither is known
 */
public record LogEntry(
    long seq,
    Instant time,
    LogLine.Source source,
    @Nullable String app,
    @Nullable String replica,
    @Nullable String requestId,
    @Nullable Correlated correlated,
    String message) {

  /** How a line was found to belong to a request. */
  public enum Correlated {
    /** Whoever wrote the line said so. */
    WRITER,
    /** The id stands in its text. */
    TEXT,
    /** It was the only one in flight on the replica then. */
    TIME,
    /** No request: only a health check was on the replica then. */
    HEALTH;

    /** As JSON and the store have it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static LogEntry of(long seq, LogLine line) {
    return new LogEntry(
        seq,
        line.time(),
        line.source(),
        line.app(),
        line.replica(),
        line.requestId(),
        line.requestId() == null ? null : Correlated.WRITER,
        line.message());
  }

  public LogEntry with(@Nullable String request, Correlated how) {
    return new LogEntry(seq, time, source, app, replica, request, how, message);
  }
}
