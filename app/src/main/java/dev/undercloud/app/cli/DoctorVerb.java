package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.Terminal;
import dev.undercloud.app.up.Doctor;
import dev.undercloud.runtime.host.Probe;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code undercloud doctor}: what this machine allows, what is lost without, what would bring it.
 */
@Command(
    name = "doctor",
    description = "What this machine allows, what is lost, and what would bring it.")
final class DoctorVerb implements Callable<Integer> {
  private final Context context;

  @Option(names = "--json", description = "as JSON: an array of probes")
  boolean json;

  DoctorVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<Probe> probes = new Doctor(context.home(), context.environment()).probe();
    if (json) {
      context.terminal().lines(Json.pretty(json(probes)));
    } else {
      probes.forEach(this::print);
    }
    boolean missing = probes.stream().anyMatch(probe -> probe.state() == Probe.State.MISSING);
    return missing ? 3 : 0;
  }

  private void print(Probe probe) {
    Terminal terminal = context.terminal();
    String word =
        switch (probe.state()) {
          case OK -> terminal.green("ok      ");
          case FALLBACK -> terminal.yellow("fallback");
          case MISSING -> terminal.red("missing ");
        };
    terminal.line(word + "  " + terminal.bold(probe.name()) + "  " + probe.found());
    if (!probe.consequence().isBlank()) {
      terminal.line("          " + probe.consequence());
    }
    if (!probe.remedy().isBlank()) {
      terminal.line("          → " + probe.remedy());
    }
  }

  private static ArrayNode json(List<Probe> probes) {
    ArrayNode array = Json.array();
    for (Probe probe : probes) {
      array
          .addObject()
          .put("name", probe.name())
          .put("state", probe.state().name().toLowerCase(Locale.ROOT))
          .put("found", probe.found())
          .put("consequence", probe.consequence())
          .put("remedy", probe.remedy());
    }
    return array;
  }
}
