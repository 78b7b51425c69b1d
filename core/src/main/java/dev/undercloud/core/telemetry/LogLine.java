package dev.undercloud.core.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of output.
 *
 * @param time when it was read or made
 * @param source who said it
 * @param app the app it belongs to; null for the product itself
 * @param replica {@code web.1}; null where none is meant
 * @param requestId 16 hexadecimal digits where the writer knows it; null otherwise
 * @param message without line end, at most {@link #LONGEST} characters, may be JSON
 */
public record LogLine(
    Instant time,
    Source source,
    @Nullable String app,
    @Nullable String replica,
    @Nullable String requestId,
    String message) {

  /** A longer line is cut there and says so: one line must not fill the store. */
  public static final int LONGEST = 16 * 1024;

  /** Who said it; in JSON in lower case. */
  public enum Source {
    APP,
    EDGE,
    CONTROL,
    BUILD
  }

  public LogLine {
    if (message.length() > LONGEST) {
      String mark = "… [cut, " + message.length() + " characters]";
      message = message.substring(0, LONGEST - mark.length()) + mark;
    }
  }
}
