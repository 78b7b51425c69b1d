package dev.undercloud.app.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Requests as lines for people. */
public final class RequestText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  private final Terminal terminal;

  public RequestText(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A table, or a sentence where there are none. */
  public void list(JsonNode requests) {
    if (requests.isEmpty()) {
      terminal.line("No such request was seen.");
      return;
    }
    Table table = new Table("time", "status", "total", "answered by", "request id", "request");
    for (JsonNode r : requests) {
      table.row(
          time(r),
          r.path("status").asInt() == 0 ? "-" : r.path("status").asText(),
          ms(r.path("total_ms").asDouble()),
          answeredBy(r),
          r.path("request_id").asText(),
          LogText.printable(r.path("method").asText() + " " + r.path("path").asText()));
    }
    table
        .lines(terminal, (column, cell) -> column == 1 ? status(cell) : cell)
        .forEach(terminal::line);
    terminal.line(terminal.dim("One of them in full: undercloud why REQUEST-ID"));
  }

  /** One request on one line, as it ends: what {@code up} shows. */
  public String line(JsonNode r) {
    return terminal.dim(time(r))
        + "  "
        + status(r.path("status").asInt() == 0 ? "---" : r.path("status").asText())
        + "  "
        + "%9s".formatted(ms(r.path("total_ms").asDouble()))
        + "  "
        + terminal.dim("%-6s".formatted(answeredBy(r)))
        + "  "
        + LogText.printable(r.path("method").asText() + " " + r.path("path").asText())
        + "  "
        + terminal.dim(r.path("request_id").asText());
  }

  /** The replica, or what of the edge answered: {@code web.1}, {@code rate limit}. */
  static String answeredBy(JsonNode r) {
    String by = r.path("answered_by").asText("app");
    boolean app = by.equals("app");
    String replica = r.path("replica").asText(app ? "edge" : "");
    return app ? replica : (replica.isEmpty() ? "" : replica + ", ") + by.replace('_', ' ');
  }

  private String status(String status) {
    return switch (status.charAt(0)) {
      case '2', '3' -> terminal.green(status);
      case '4' -> terminal.yellow(status);
      default -> terminal.red(status);
    };
  }

  private static String time(JsonNode request) {
    return TIME.format(Instant.parse(request.path("time").asText()));
  }

  static String ms(double ms) {
    return String.format(Locale.ROOT, ms < 10 ? "%.2f ms" : ms < 1000 ? "%.1f ms" : "%.0f ms", ms);
  }
}
