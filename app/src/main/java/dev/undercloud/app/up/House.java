package dev.undercloud.app.up;

import dev.undercloud.app.admin.AdminServer;
import dev.undercloud.app.home.AppHome;
import dev.undercloud.app.home.Instance;
import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.local.LocalServer;
import dev.undercloud.control.Config;
import dev.undercloud.control.Controller;
import dev.undercloud.control.DeployResult;
import dev.undercloud.control.Parts;
import dev.undercloud.control.Progress;
import dev.undercloud.control.Recovered;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.id.Hex;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.Edge;
import dev.undercloud.edge.EdgeConfig;
import dev.undercloud.edge.acme.AcmeConfig;
import dev.undercloud.edge.cache.CacheSettings;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.cache.Purge;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.tls.TlsConfig;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.ObserveConfig;
import dev.undercloud.runtime.build.Access;
import dev.undercloud.runtime.build.PythonBuilder;
import dev.undercloud.runtime.process.ProcessDriver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The composition root: every plane of one running app, put together here and nowhere else. Opened
 * in the order in which things need each other, closed in the reverse.
 */
final class House implements AutoCloseable {
  /** How long exchanges in flight may take to end when the whole house ends. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  final Clock clock = Clock.system();
  final Observe observe;
  final HttpCache cache;
  final Dns dns;
  final Edge edge;
  final Controller controller;
  final HouseApi api;
  final Recovered recovered;
  final Policies policies;
  private final ProcessDriver driver;
  private final Trend trend;
  private final AdminServer admin;
  private final LocalServer local;
  private final AppHome home;
  private final Neighbours neighbours;
  final Listening listening;
  private final String token;
  private boolean serving;

  /**
   * Opens everything; replicas of an earlier process are adopted. Nothing is deployed yet.
   *
   * @param files what the app's files say now
   * @param project reads them again, for deploys
   * @param ending what ends the house when it is told to stop
   */
  House(
      StateHome state,
      AppHome home,
      Map<String, String> environment,
      Resolution files,
      Listening listening,
      Supplier<Resolution> project,
      Runnable ending)
      throws InterruptedException {
    AppSpec spec = files.spec();
    this.home = home;
    this.listening = listening;
    AtomicReference<Edge> edges = new AtomicReference<>();
    AtomicReference<Dns> servers = new AtomicReference<>();
    observe =
        Observe.start(
            ObserveConfig.in(home.root()),
            () -> edges.get() == null ? List.of() : edges.get().rings(),
            () -> servers.get() == null ? List.of() : servers.get().rings(),
            clock,
            line -> {});
    Watch<RoutingTable> routes = new Watch<>(RoutingTable.EMPTY);
    Watch<EdgePolicies> rules = new Watch<>(EdgePolicies.NONE);
    dns = new Dns(state.zones(), clock, observe.logs());
    servers.set(dns);
    // Before the edge: where it hears of rules, it knows whom they name.
    neighbours =
        new Neighbours(
            new Neighbourhood(state),
            spec.name(),
            state.hopMark(Entropy.secure()),
            rules,
            routes,
            observe.logs(),
            clock);
    cache = new HttpCache(CacheSettings.in(home.cache()), clock, Entropy.secure().nextLong());
    edge =
        Edge.start(
            EdgeConfig.on(
                    Ports.onLoopback(listening.port()), Runtime.getRuntime().availableProcessors())
                .with(TlsConfig.on(Ports.onLoopback(listening.httpsPort()), state.authority()))
                .with(AcmeConfig.in(home.acme(), dns.zones()::challenge)),
            routes,
            new ReleaseFiles(spec.name(), spec.directory(), home::source, rules, routes).inForce(),
            cache,
            clock,
            Entropy::fast,
            observe.logs());
    edges.set(edge);
    dns.follow(routes, rules);
    observe.edge(edge.view());
    this.policies = new Policies(spec.name(), home.maintenance(), rules, edge.view(), clock);
    this.policies.follow(files);
    driver = new ProcessDriver(state.root(), home.run(), clock, observe.logs());
    PythonBuilder builder =
        new PythonBuilder(
            state.root(),
            home.root(),
            environment,
            clock,
            Access.ofReplicas(driver.runAs().drops()),
            driver.builds());
    controller =
        new Controller(
            Config.of(home.key(), home.root()),
            new Parts(
                driver,
                builder,
                edge.view(),
                routes,
                observe.logs(),
                observe::otherWork,
                clock,
                Entropy.fast()));
    recovered = controller.start();
    trend = new Trend(observe.live(), spec.name(), clock);
    token = Hex.of(Entropy.secure().nextLong()) + Hex.of(Entropy.secure().nextLong());
    api =
        new HouseApi(
            controller,
            observe,
            trend,
            listening,
            dns.address(),
            spec,
            new EdgeJson(spec.name(), spec.directory(), edge, policies, clock),
            neighbours::notes,
            clock);
    admin = AdminServer.start(listening.adminPort(), token, api);
    local = openLocal(new HouseVerbs(this, spec.name(), project, ending));
    observe.register(new HouseMetrics(controller, edge));
    serving = spec.web() != null && !recovered.adopted().isEmpty();
    announce(spec);
  }

  /** Serves what the files say: a new release where they ask for one, then their rules. */
  DeployResult deploy(Resolution files, Progress progress) throws InterruptedException {
    DeployResult result = controller.deploy(files.spec(), progress);
    serves(files);
    follow(files);
    if (result.changed()) {
      // What another release has said is not what this one would say.
      cache.purge(files.spec().name(), new Purge.Everything());
    }
    return result;
  }

  /** Follows the files in all that the edge does, without a deploy. */
  void follow(Resolution files) throws InterruptedException {
    policies.follow(files);
    announce(files.spec());
  }

  private synchronized void serves(Resolution files) {
    serving = files.spec().web() != null;
  }

  /** What keeps requests from going to the others that routes name, a sentence each. */
  List<String> notes() {
    return neighbours.notes();
  }

  private LocalServer openLocal(HouseVerbs verbs) {
    try {
      return LocalServer.start(home.socket(), verbs.all());
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder",
          "cannot listen on " + home.socket(),
          e.toString(),
          "Check the state folder's permissions.");
    }
  }

  private synchronized void announce(AppSpec spec) {
    try {
      new Instance(
              spec.name(),
              spec.directory(),
              ProcessHandle.current().pid(),
              home.socket(),
              listening.admin(),
              serving ? listening.port() : 0,
              spec.hosts())
          .write(home.instance());
    } catch (IOException e) {
      throw CloudException.resource(
          "state-folder",
          "cannot write " + home.instance(),
          e.toString(),
          "Check the free space of its disk.");
    }
  }

  /** The console, with the token that opens it. */
  String console() {
    return listening.admin() + "/?token=" + token;
  }

  /** Drains, ends every replica, and leaves nothing behind. */
  @Override
  public void close() {
    local.close();
    neighbours.close();
    edge.close(DRAIN);
    dns.close();
    cache.close();
    controller.close(Controller.Ending.STOP_ALL);
    trend.close();
    admin.close();
    driver.close();
    observe.close();
  }
}
