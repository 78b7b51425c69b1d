package dev.undercloud.app.up;

import dev.undercloud.app.home.AppHome;
import dev.undercloud.app.home.InstanceLock;
import dev.undercloud.app.home.PortsLock;
import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.render.ConfigText;
import dev.undercloud.app.render.Terminal;
import dev.undercloud.control.DeployResult;
import dev.undercloud.control.Progress;
import dev.undercloud.core.config.ConfigException;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.net.PortHolder;
import dev.undercloud.edge.net.Ports;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One {@code undercloud up}, from its first line to its last. */
public final class Up {
  static final int USUAL_PORT = 8080;
  static final int USUAL_HTTPS_PORT = 8443;
  static final int USUAL_ADMIN_PORT = 9090;

  private final Map<String, String> environment;
  private final StateHome state;
  private final Terminal terminal;
  private final Project project;
  private final UpOptions options;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Object guard = new Object();
  private @Nullable Thread deploying;

  public Up(
      Map<String, String> environment,
      StateHome state,
      Terminal terminal,
      Project project,
      UpOptions options) {
    this.environment = environment;
    this.state = state;
    this.terminal = terminal;
    this.project = project;
    this.options = options;
  }

  /** Serves until told to end; the exit code. */
  public int run() throws InterruptedException {
    Resolution resolution = project.resolve(options.directory());
    AppSpec spec = resolution.spec();
    new ConfigText(terminal).findings(resolution);
    state.create();
    AppHome home = state.app(spec.name(), spec.directory());
    home.create();
    try (InstanceLock lock = InstanceLock.take(home)) {
      Signals.onEnd(
          this::end, () -> terminal.line("ending already: requests in flight are let finish"));
      return serve(home, resolution);
    }
  }

  /** Told to end: a deploy that goes on is broken off, serving ends by itself. */
  private void end() {
    synchronized (guard) {
      ended.countDown();
      if (deploying != null) {
        deploying.interrupt();
      }
    }
  }

  private void deploying(@Nullable Thread thread) {
    synchronized (guard) {
      deploying = thread;
      // What was meant for the deploy must not reach the clean-up after it.
      Thread.interrupted();
    }
  }

  /** Chooses ports and listens there, alone among all that come up in this moment. */
  private House open(AppHome home, Resolution files) throws InterruptedException {
    try (PortsLock turn = PortsLock.take(state)) {
      Listening listening = new Listening(port(), httpsPort(), adminPort());
      return new House(state, home, environment, files, listening, this::files, ended::countDown);
    }
  }

  private int serve(AppHome home, Resolution files) throws InterruptedException {
    AppSpec spec = files.spec();
    try (House house = open(home, files);
        Screen screen = new Screen(terminal, house.clock)) {
      if (!deploy(house, files)) {
        return 0;
      }
      terminal.line(terminal.bold("ready    " + house.listening.url(spec)));
      terminal.line("https    " + house.listening.secure(spec));
      terminal.line("console  " + house.console());
      house.notes().forEach(note -> terminal.line(terminal.yellow("warning") + "  " + note));
      house.edge.warmUp();
      screen.follow(house.observe, spec.name(), house.api::status);
      try (AotCache cache = AotCache.ensure(house.clock);
          SourceWatch watch = options.watch() ? watch(house) : null) {
        ended.await();
      }
      terminal.footer("");
      terminal.line("draining");
    }
    terminal.line("ended, nothing is left running");
    return 0;
  }

  /** Whether the app serves; false when told to end meanwhile. */
  private boolean deploy(House house, Resolution files) throws InterruptedException {
    if (!house.recovered.isEmpty()) {
      terminal.line(house.recovered.sentence());
    }
    deploying(Thread.currentThread());
    try (Watch.Subscription build = new BuildLines(terminal).follow(house.observe)) {
      if (ended.getCount() == 0) {
        return false;
      }
      DeployResult result = house.deploy(files, tell());
      terminal.footer("");
      terminal.line(terminal.dim(result.sentence()));
      return true;
    } catch (CloudException failed) {
      if (ended.getCount() == 0) {
        return false;
      }
      if (house.recovered.adopted().isEmpty()) {
        throw failed;
      }
      terminal.line(terminal.red("error") + "  " + failed.problem().sentence());
      terminal.line("the release before serves on");
      return true;
    } catch (InterruptedException told) {
      if (ended.getCount() == 0) {
        return false;
      }
      throw told;
    } finally {
      deploying(null);
    }
  }

  private Resolution files() {
    return project.resolve(options.directory());
  }

  private SourceWatch watch(House house) {
    terminal.line("watching " + options.directory() + ": a change is deployed");
    return new SourceWatch(
        options.directory(),
        house.clock,
        () -> {
          try {
            terminal.line(house.deploy(files(), tell()).sentence());
          } catch (CloudException | ConfigException failed) {
            terminal.line(terminal.red("not deployed") + "  " + failed.getMessage());
            terminal.line("the release before serves on");
          } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private Progress tell() {
    return (phase, sentence, done, total) -> {
      String text = "  " + sentence + (total > 1 ? " (" + done + " of " + total + ")" : "");
      if (terminal.isTerminal()) {
        terminal.footer(terminal.dim(text));
      } else {
        terminal.line(text);
      }
    };
  }

  private int port() {
    return choose(options.port(), USUAL_PORT, "--port");
  }

  private int httpsPort() {
    return choose(options.httpsPort(), USUAL_HTTPS_PORT, "--https-port");
  }

  private int adminPort() {
    return choose(options.adminPort(), USUAL_ADMIN_PORT, "--admin-port");
  }

  /** The port asked for, which must be free, or the first free one from the usual one on. */
  private int choose(int asked, int usual, String option) {
    if (asked != 0) {
      for (InetSocketAddress address : Ports.onLoopback(asked)) {
        if (!Ports.isFree(address)) {
          throw CloudException.resource(
              "port-taken",
              "port " + asked + " is taken",
              PortHolder.of(asked)
                  .map(holder -> holder + " listens there")
                  .orElse("another process listens there"),
              "End it, or choose another port with " + option + ".");
        }
      }
      return asked;
    }
    int port =
        Ports.nextFree(Ports.loopback(), usual)
            .orElseThrow(() ->
                CloudException.resource(
                    "port-taken",
                    "no port is free from " + usual + " on",
                    "all are taken",
                    "Name one with " + option + "."));
    if (port != usual) {
      terminal.line("port " + usual + " is taken; using " + port + " (choose with " + option + ")");
    }
    return port;
  }
}
