package dev.undercloud.app.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.core.config.ConfigError;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.config.Setting;
import java.util.List;

/** What a project's files add up to, for people and as JSON. */
public final class ConfigText {
  private final Terminal terminal;

  public ConfigText(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What was detected and why: the first lines of {@code up}. */
  public void findings(Resolution resolution) {
    int width = 0;
    for (Resolution.Finding finding : resolution.findings()) {
      width = Math.max(width, finding.what().length());
    }
    for (Resolution.Finding finding : resolution.findings()) {
      String space = " ".repeat(width - finding.what().length());
      terminal.line(terminal.bold(finding.what()) + space + "  " + terminal.dim(finding.why()));
    }
    warnings(resolution.warnings());
  }

  /** A line each. */
  public void warnings(List<String> all) {
    all.forEach(warning -> terminal.line(terminal.yellow("warning") + "  " + warning));
  }

  /** What would run, a line a process. */
  public void commands(Resolution resolution) {
    var release = resolution.spec().release();
    if (release != null) {
      terminal.line("release  " + release.text());
    }
    resolution
        .spec()
        .processes()
        .values()
        .forEach(p -> terminal.line(p.name() + " × " + p.replicas() + "  " + p.command().text()));
  }

  /** Every value with its origin. */
  public void explain(Resolution resolution) {
    findings(resolution);
    terminal.line("");
    Table table = new Table("key", "value", "from", "because");
    for (Setting setting : resolution.settings()) {
      table.row(setting.key(), setting.value(), from(setting), setting.reason());
    }
    table
        .lines(terminal, (column, cell) -> column == 1 ? terminal.cyan(cell) : cell)
        .forEach(terminal::line);
  }

  private static String from(Setting setting) {
    if (setting.file() == null) {
      return "";
    }
    return setting.file() + (setting.line() > 0 ? ":" + setting.line() : "");
  }

  public static ObjectNode json(Resolution resolution) {
    ObjectNode json = Json.object().put("name", resolution.spec().name());
    var settings = json.putArray("settings");
    for (Setting s : resolution.settings()) {
      settings
          .addObject()
          .put("key", s.key())
          .put("value", s.value())
          .put("file", s.file())
          .put("line", s.line())
          .put("reason", s.reason());
    }
    var findings = json.putArray("findings");
    resolution
        .findings()
        .forEach(f -> findings.addObject().put("what", f.what()).put("why", f.why()));
    var warnings = json.putArray("warnings");
    resolution.warnings().forEach(warnings::add);
    return json;
  }

  public static ObjectNode json(List<ConfigError> errors, List<String> warnings) {
    ObjectNode json = Json.object();
    var array = json.putArray("errors");
    for (ConfigError e : errors) {
      array
          .addObject()
          .put("file", e.file())
          .put("line", e.line())
          .put("key", e.key())
          .put("reason", e.reason())
          .put("suggestion", e.suggestion());
    }
    warnings.forEach(json.putArray("warnings")::add);
    return json;
  }
}
