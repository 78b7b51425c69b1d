package dev.undercloud.app.render;

import com.fasterxml.jackson.databind.JsonNode;

/** One request in the terminal: a bar a stage, then in one sentence what it means. */
public final class Waterfall {
  private static final String[] EIGHTHS = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

  /** What it is called, here and in the console. */
  private static final String LOOKUP = "DNS lookup";

  private final Terminal terminal;

  public Waterfall(Terminal terminal) {
    this.terminal = terminal;
  }

  public void print(JsonNode why) {
    double total = Math.max(why.path("total_ms").asDouble(), 1e-6);
    terminal.line(
        terminal.bold(
                LogText.printable(why.path("method").asText() + " " + why.path("path").asText()))
            + "  "
            + why.path("status").asText()
            + "  "
            + RequestText.ms(total)
            + terminal.dim("  " + why.path("time").asText("") + "  " + whose(why)));
    terminal.line(
        terminal.dim(
            "request "
                + why.path("request_id").asText()
                + "  trace "
                + why.path("trace_id").asText()
                + connection(why.path("edge"))));
    terminal.line("");
    int label = 0;
    for (JsonNode stage : why.path("stages")) {
      label = Math.max(label, stage.path("name").asText().length());
    }
    JsonNode dns = why.path("dns");
    label = dns.isMissingNode() ? label : Math.max(label, LOOKUP.length());
    int room = Math.max(10, terminal.width() - label - 16);
    if (!dns.isMissingNode()) {
      lookup(dns, label);
    }
    for (JsonNode stage : why.path("stages")) {
      String name = stage.path("name").asText();
      double ms = stage.path("ms").asDouble();
      int before = (int) Math.round(stage.path("start_ms").asDouble() / total * room);
      terminal.line(
          "  %s%s  %10s  %s%s"
              .formatted(
                  name,
                  " ".repeat(label - name.length()),
                  RequestText.ms(ms),
                  " ".repeat(Math.clamp(before, 0, room)),
                  paint(ms / total, bar(ms / total * room))));
    }
    terminal.line("");
    terminal.line(LogText.printable(why.path("verdict").asText()));
    for (JsonNode note : why.path("notes")) {
      terminal.line(terminal.dim("  ") + LogText.printable(note.asText()));
    }
    LogText text = new LogText(terminal);
    if (!why.path("logs").isEmpty()) {
      terminal.line("");
      why.path("logs").forEach(line -> terminal.line("  " + text.line(line)));
    }
  }

  /** The app that it was for or that answered, and its replica where that has another name. */
  private static String whose(JsonNode why) {
    String app = why.path("app").asText("");
    String by = RequestText.answeredBy(why);
    return app.equals(by) ? app : (app + "  by " + by).strip();
  }

  /** The hop before the first stage: it is not part of the total, and what it was says more. */
  private void lookup(JsonNode dns, int label) {
    double ms = dns.path("ms").asDouble();
    terminal.line(
        "  %s%s  %10s  %s"
            .formatted(
                LOOKUP,
                " ".repeat(label - LOOKUP.length()),
                RequestText.ms(ms),
                terminal.cyan(bar(0))));
    terminal.line("    " + terminal.dim(QueryText.before(dns)));
  }

  /** {@code HTTP/2 over TLS 1.3}. */
  private static String connection(JsonNode edge) {
    String protocol = edge.path("protocol").asText("");
    String tls = edge.path("tls").asText("");
    return protocol.isEmpty() ? "" : "  " + protocol + (tls.isEmpty() ? "" : " over " + tls);
  }

  private String paint(double share, String bar) {
    return share > 0.5 ? terminal.yellow(bar) : terminal.cyan(bar);
  }

  /** A bar of {@code cells} columns, to the eighth; never nothing. */
  private static String bar(double cells) {
    int eighths = Math.max(1, (int) Math.round(cells * 8));
    return "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
  }
}
