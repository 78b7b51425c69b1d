package dev.undercloud.observe.ingest;

import dev.undercloud.observe.model.Exchange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a line that looks like a server's own access log speaks of an exchange. */
final class TargetInText {
  private static final Pattern REQUEST_LINE =
      Pattern.compile("\\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[^ \"]*)");

  private TargetInText() {}

  /**
   * A line that names a request line must name this target, or it is about something else, a health
   * check for one. A line after the exchange's {@code end} must name it: servers write their access
   * line then, and anything else could be about nothing.
   */
  static boolean fits(String line, Exchange exchange, boolean afterEnd) {
    Matcher named = REQUEST_LINE.matcher(line);
    if (named.find()) {
      // Without the query: ours has its secrets replaced.
      return path(named.group(1)).equals(exchange.path());
    }
    return !afterEnd;
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
