package dev.undercloud.app.up;

import dev.undercloud.app.home.StateHome;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.net.PortHolder;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.runtime.host.HostProbes;
import dev.undercloud.runtime.host.Probe;
import dev.undercloud.runtime.process.ProcessDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks at everything on this machine that decides how well apps run on it. Changes nothing. */
public final class Doctor {
  private final StateHome state;
  private final Map<String, String> environment;

  public Doctor(StateHome state, Map<String, String> environment) {
    this.state = state;
    this.environment = environment;
  }

  /** Every probe, the most telling first. Blocking, well under a second. */
  public List<Probe> probe() {
    Path run = state.root().resolve("apps").resolve("app-000000").resolve("run");
    List<Probe> probes = new ArrayList<>();
    try (ProcessDriver driver =
        new ProcessDriver(state.root(), run, Clock.system(), LogSink.NONE)) {
      probes.addAll(new HostProbes(driver, state.root(), run, environment).run());
    }
    probes.add(port("port of the app", Up.USUAL_PORT, "--port"));
    probes.add(port("port of the console", Up.USUAL_ADMIN_PORT, "--admin-port"));
    probes.add(java());
    return probes;
  }

  private static Probe port(String name, int port, String option) {
    boolean free = Ports.onLoopback(port).stream().allMatch(Ports::isFree);
    if (free) {
      return new Probe(name, Probe.State.OK, port + " is free", "", "");
    }
    return new Probe(
        name,
        Probe.State.FALLBACK,
        port + " is taken by " + PortHolder.of(port).orElse("another process"),
        "The next free one is used, and said.",
        "End what listens there, or choose a port with " + option + ".");
  }

  private static Probe java() {
    boolean cached =
        ProcessHandle.current().info().arguments().stream()
            .flatMap(java.util.Arrays::stream)
            .anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
    return new Probe(
        "Java",
        cached ? Probe.State.OK : Probe.State.FALLBACK,
        Runtime.version() + (cached ? ", starts from its cache" : ", without a cache"),
        cached ? "" : "Commands start about half a second later.",
        cached
            ? ""
            : "Leave an `undercloud up` running for a minute: it makes the cache by itself.");
  }
}
