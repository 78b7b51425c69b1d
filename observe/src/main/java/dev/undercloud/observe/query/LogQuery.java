package dev.undercloud.observe.query;

import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.observe.model.LogEntry;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which lines. The edge's access lines are among them, one an exchange.
 *
 * @param app null for all
 * @param requestId 16 hexadecimal digits; null for all
 * @param replica {@code web.1}; null for all
 * @param source null for all
 * @param since the earliest; null for the last day
 * @param grep a part of the message, case told apart; null for all
 * @param limit the latest so many, 1 to {@link #MOST}
 */
public record LogQuery(
    @Nullable String app,
    @Nullable String requestId,
    @Nullable String replica,
    LogLine.@Nullable Source source,
    @Nullable Instant since,
    @Nullable String grep,
    int limit) {
  /** What is held in memory at once on the way to whoever asked. */
  public static final int MOST = 100_000;

  public LogQuery {
    requestId = requestId == null ? null : requestId.strip().toLowerCase(Locale.ROOT);
    limit = Math.clamp(limit, 1, MOST);
  }

  /** Lines of every source. */
  public static LogQuery everySource(
      @Nullable String app,
      @Nullable String requestId,
      @Nullable String replica,
      @Nullable Instant since,
      @Nullable String grep,
      int limit) {
    return new LogQuery(app, requestId, replica, null, since, grep, limit);
  }

  /** The latest of all. */
  public static LogQuery latest(int limit) {
    return new LogQuery(null, null, null, null, null, null, limit);
  }

  /** All lines of one request, the latest thousand. */
  public static LogQuery ofRequest(String requestId) {
    return new LogQuery(null, requestId, null, null, null, null, 1_000);
  }

  /** Whether a line is among them. A line whose text has the id belongs to the request, too. */
  public boolean matches(LogEntry line) {
    return (app == null || app.equals(line.app()))
        && (replica == null || replica.equals(line.replica()))
        && (source == null || source == line.source())
        && (since == null || !line.time().isBefore(since))
        && (grep == null || line.message().contains(grep))
        && (requestId == null
            || requestId.equals(line.requestId())
            || (line.requestId() == null && line.message().contains(requestId)));
  }
}
