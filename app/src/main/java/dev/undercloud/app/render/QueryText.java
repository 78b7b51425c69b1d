package dev.undercloud.app.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Questions to the DNS server, for people. */
public final class QueryText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  private final Terminal terminal;

  public QueryText(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A table, or a sentence where there are none. */
  public void list(JsonNode queries) {
    if (queries.isEmpty()) {
      terminal.line("No such question was seen.");
      return;
    }
    Table table = new Table("time", "client", "over", "code", "took", "question", "answer");
    for (JsonNode q : queries) {
      table.row(
          TIME.format(Instant.parse(q.path("time").asText())),
          client(q),
          q.path("transport").asText(),
          q.path("rcode").asText(),
          q.path("micros").asLong() + " µs",
          LogText.printable(q.path("name").asText() + " " + q.path("type").asText()),
          answer(q));
    }
    table
        .lines(terminal, (column, cell) -> column == 3 ? code(cell) : cell)
        .forEach(terminal::line);
  }

  /** What came before a connection: {@code articles.localhost. A 127.0.0.1, answered 1.2 ms …}. */
  static String before(JsonNode dns) {
    return LogText.printable(
            dns.path("name").asText()
                + " "
                + dns.path("type").asText()
                + " "
                + dns.path("answer").asText())
        + ", answered "
        + ms(dns.path("before_ms").asDouble())
        + " before the connection; asked "
        + dns.path("matched").asText()
        + (dns.path("again").asBoolean() ? "; an earlier connection followed it, too" : "");
  }

  private static String ms(double ms) {
    return ms >= 10_000 ? String.format(Locale.ROOT, "%.1f s", ms / 1000) : RequestText.ms(ms);
  }

  private static String client(JsonNode query) {
    String subnet = query.path("subnet").asText("");
    return query.path("client").asText() + (subnet.isEmpty() ? "" : " for " + subnet);
  }

  private static String answer(JsonNode query) {
    return switch (query.path("reply").asText()) {
      case "dropped" -> "dropped: over the rate";
      case "slipped" -> "come by TCP: over the rate";
      case "truncated" -> "come by TCP: too long";
      default -> {
        String text = LogText.printable(query.path("answer").asText());
        yield text.isEmpty() ? "-" : text;
      }
    };
  }

  private String code(String code) {
    return switch (code) {
      case "NOERROR" -> terminal.green(code);
      case "NXDOMAIN", "REFUSED", "NOTAUTH" -> terminal.yellow(code);
      default -> terminal.red(code);
    };
  }
}
