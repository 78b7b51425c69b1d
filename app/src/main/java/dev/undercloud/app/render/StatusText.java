package dev.undercloud.app.render;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.core.unit.ByteSize;
import java.util.Locale;

/** The status document as tables for people. */
public final class StatusText {
  private final Terminal terminal;

  public StatusText(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Each app with its replicas, traffic and use. */
  public void print(JsonNode status) {
    if (status.path("apps").isEmpty()) {
      terminal.line("No app is up. Start one: undercloud up DIR");
      return;
    }
    for (JsonNode app : status.path("apps")) {
      terminal.line(
          "%s  %s  %s  release %s"
              .formatted(
                  terminal.bold(app.path("name").asText()),
                  state(app.path("state").asText()),
                  (app.path("url").asText() + "  " + app.path("https").asText()).strip(),
                  app.path("release").asText("-")));
      terminal.line(
          terminal.dim(
              "%s/s, p50 %s, p99 %s, %s %% errors"
                  .formatted(
                      number(app.path("rps")),
                      ms(app.path("p50_ms")),
                      ms(app.path("p99_ms")),
                      "%.1f".formatted(app.path("error_rate").asDouble() * 100))));
      Table table =
          new Table(
              "replica", "state", "req/s", "p50", "p99", "in flight", "cpu", "memory", "restarts");
      for (JsonNode r : app.path("replicas")) {
        table.row(
            r.path("name").asText(),
            r.path("state").asText(),
            number(r.path("rps")),
            ms(r.path("p50_ms")),
            ms(r.path("p99_ms")),
            r.path("in_flight").asInt(),
            r.has("cpu") ? "%.0f %%".formatted(r.path("cpu").asDouble() * 100) : "-",
            memory(r),
            r.path("restarts").asInt());
      }
      table.lines(terminal, this::paint).forEach(line -> terminal.line("  " + line));
      for (JsonNode note : app.path("notes")) {
        terminal.line("  " + terminal.yellow("note ") + note.asText());
      }
    }
    JsonNode dns = status.path("dns");
    if (dns.has("queries")) {
      long limited = dns.path("rate_limited").asLong();
      terminal.line(
          "dns  %s  %s"
              .formatted(
                  dns.path("address").asText(),
                  terminal.dim(
                      "%s/s, %d questions%s"
                          .formatted(
                              number(dns.path("rps")),
                              dns.path("queries").asLong(),
                              limited == 0 ? "" : ", " + limited + " over the rate"))));
    }
  }

  /** One line a replica. */
  public void processes(JsonNode status) {
    Table table = new Table("app", "replica", "state", "pid", "address", "release", "restarts");
    for (JsonNode app : status.path("apps")) {
      for (JsonNode r : app.path("replicas")) {
        table.row(
            app.path("name").asText(),
            r.path("name").asText(),
            r.path("state").asText(),
            r.path("pid").asText("-"),
            r.path("address").asText("-"),
            r.path("release").asText("-"),
            r.path("restarts").asInt());
      }
    }
    table.lines(terminal, this::paint).forEach(terminal::line);
  }

  private String paint(int column, String cell) {
    return switch (cell) {
      case "healthy", "serving" -> terminal.green(cell);
      case "unhealthy", "crash-loop" -> terminal.red(cell);
      case "starting", "draining", "deploying", "degraded" -> terminal.yellow(cell);
      default -> cell;
    };
  }

  private String state(String state) {
    return paint(0, state);
  }

  private static String memory(JsonNode replica) {
    return replica.has("memory_bytes")
        ? new ByteSize(replica.path("memory_bytes").asLong()).toString()
        : "-";
  }

  static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f", value.asDouble()) : "-";
  }

  static String ms(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f ms", value.asDouble()) : "-";
  }
}
