package dev.undercloud.app.up;

import dev.undercloud.app.render.Terminal;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.query.LogQuery;

/** What a build says while it goes on: the latest line on a terminal, every line in a pipe. */
final class BuildLines {
  private final Terminal terminal;

  BuildLines(Terminal terminal) {
    this.terminal = terminal;
  }

  Watch.Subscription follow(Observe observe) {
    LogQuery query = new LogQuery(null, null, null, LogLine.Source.BUILD, null, null, 1);
    return observe.follow(query, line -> show(line.message()));
  }

  private void show(String message) {
    String text = "  " + message;
    if (terminal.isTerminal()) {
      terminal.footer(
          terminal.dim(
              text.length() > terminal.width() ? text.substring(0, terminal.width()) : text));
    } else {
      terminal.line(text);
    }
  }
}
