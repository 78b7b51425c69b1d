package dev.undercloud.app.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** A log line for people: time of day, who, what. */
public final class LogText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  /** {@code control} and {@code web.10} fit. */
  private static final int WHO = 8;

  private final Terminal terminal;

  public LogText(Terminal terminal) {
    this.terminal = terminal;
  }

  public String line(JsonNode line) {
    String source = line.path("source").asText();
    String replica = line.path("replica").asText("");
    String who = source.equals("app") && !replica.isEmpty() ? replica : source;
    String padded = who + " ".repeat(Math.max(0, WHO - who.length()));
    return terminal.dim(TIME.format(Instant.parse(line.path("time").asText())))
        + "  "
        + switch (source) {
          case "app" -> terminal.cyan(padded);
          case "control" -> terminal.yellow(padded);
          default -> terminal.dim(padded);
        }
        + "  "
        + printable(line.path("message").asText())
        + request(line);
  }

  /** The request a line belongs to, where it does not say so itself. */
  private String request(JsonNode line) {
    String id = line.path("request_id").asText("");
    boolean said = id.isEmpty() || line.path("message").asText().contains(id);
    return said ? "" : terminal.dim("  " + id);
  }

  /**
   * Apps may print what moves a terminal's cursor; here it is shown, not obeyed. Colours stay out
   * too.
   */
  static String printable(String text) {
    if (text.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
      return text;
    }
    return text.replaceAll("\u001b\\[[0-9;]*m", "")
        .replaceAll("[\\x00-\\x08\\x0a-\\x1f\\x7f]", "·");
  }
}
