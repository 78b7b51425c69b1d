package dev.undercloud.control;

import dev.undercloud.control.journal.SqliteJournal;
import dev.undercloud.control.plan.Pace;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.model.Isolation;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.WorkSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.runtime.build.Builder;
import dev.undercloud.runtime.build.Release;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What tests of a controller need around it. */
final class Bench {
  /** Failed checks in a row that end a replica. */
  volatile int giveUpAfter = 6;

  final Path folder;
  final FakeWorld world;
  final Watch<RoutingTable> table = new Watch<>(RoutingTable.EMPTY);
  final List<LogLine> log = new CopyOnWriteArrayList<>();
  final Map<String, Integer> inFlight = new ConcurrentHashMap<>();
  volatile String release = "r1";
  volatile List<String> retained = List.of();
  volatile @Nullable RuntimeException buildFails;

  Bench(Path folder) {
    this.folder = folder;
    this.world = new FakeWorld(folder);
  }

  Builder builder() {
    return new Builder() {
      @Override
      public Release build(AppSpec app, Output out) {
        RuntimeException failure = buildFails;
        if (failure != null) {
          throw failure;
        }
        out.line("building " + release);
        return release(folder);
      }

      @Override
      public void retain(Collection<String> ids) {
        retained = List.copyOf(ids);
      }
    };
  }

  Release release(Path source) {
    return new Release(release, source, folder.resolve("data"), Map.of("PATH", "/bin"));
  }

  Parts parts(Driver driver) {
    EdgeView edge =
        new EdgeView() {
          @Override
          public long policiesInForce() {
            return 0;
          }

          @Override
          public long versionInForce() {
            return table.get().version();
          }

          @Override
          public int inFlight(String upstreamId) {
            return inFlight.getOrDefault(upstreamId, 0);
          }
        };
    return new Parts(
        driver, builder(), edge, table, log::add, WorkSink.NONE, Clock.system(), Entropy.fast());
  }

  Path database() {
    return folder.resolve("control.db");
  }

  Config config() {
    Pace pace =
        new Pace(
            Duration.ofMillis(10),
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            5,
            Duration.ofSeconds(60),
            2,
            3,
            giveUpAfter,
            Duration.ofMillis(50),
            4);
    return new Config("articles", folder, pace);
  }

  Controller controller() {
    return new Controller(config(), parts(world), SqliteJournal.open(database()));
  }

  static AppSpec spec(int web, int workers, @Nullable String release) {
    return spec(web, workers, release, Duration.ofSeconds(1));
  }

  static AppSpec spec(int web, int workers, @Nullable String release, Duration drain) {
    Map<String, ProcessSpec> processes = new TreeMap<>();
    processes.put("web", process("web", web, Listen.UNIX, drain));
    if (workers > 0) {
      processes.put("worker", process("worker", workers, Listen.NONE, drain));
    }
    return new AppSpec(
        "articles",
        Path.of("/srv/articles"),
        Isolation.PROCESS,
        Map.of("SECRET", "swordfish"),
        processes,
        release == null ? null : command(release),
        new BuildSpec(BuildSpec.Installer.NONE, List.of(), List.of(), null, true),
        List.of("articles.localhost"));
  }

  private static ProcessSpec process(String name, int replicas, Listen listen, Duration drain) {
    return new ProcessSpec(
        name,
        command("run " + name),
        Map.of(),
        replicas,
        listen,
        new HealthCheck(null, Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(3)),
        Limits.NONE,
        new Timeouts(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            drain),
        Duration.ofSeconds(1));
  }

  private static Command command(String text) {
    return new Command(text, List.of(text.split(" ")), false);
  }

  List<Upstream> upstreams() {
    return table.get().apps().stream().flatMap(route -> route.upstreams().stream()).toList();
  }

  AppRoute route() {
    return table.get().apps().getFirst();
  }

  List<String> control() {
    return log.stream()
        .filter(line -> line.source() == LogLine.Source.CONTROL)
        .map(LogLine::message)
        .toList();
  }

  /** Waits for what must come; the tests' own timeout ends what does not. */
  static void until(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }
}
