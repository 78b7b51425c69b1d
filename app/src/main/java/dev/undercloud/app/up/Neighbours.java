package dev.undercloud.app.up;

import dev.undercloud.app.home.Instance;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Destination;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the others that an app's routes name in the routing table, beside the app: other apps as
 * long as they serve, wherever they listen, and fixed addresses. Looks on a thread of its own, and
 * on whichever publishes rules, before the edge hears of these.
 */
final class Neighbours implements AutoCloseable {
  /** An app that comes back on another port is found within a moment. */
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Shorter than what servers usually keep an idle connection for. */
  private static final Duration IDLE = Duration.ofSeconds(4);

  /** Statuses are asked for every second, and each look is a connection to somebody. */
  private static final Duration NOTED = Duration.ofSeconds(5);

  private final Neighbourhood neighbourhood;
  private final String app;
  private final String mark;
  private final Watch<RoutingTable> routes;
  private final LogSink log;
  private final Clock clock;
  private final Watch.Subscription subscription;
  private final Thread thread;
  private AppPolicy policy = AppPolicy.NONE;
  private List<AppRoute> published = List.of();
  private @Nullable List<String> noted;
  private long notedAt;

  /**
   * @param mark what requests carry that were sent on once
   * @param rules of the app
   * @param routes where the others stand beside it
   */
  Neighbours(
      Neighbourhood neighbourhood,
      String app,
      String mark,
      Watch<EdgePolicies> rules,
      Watch<RoutingTable> routes,
      LogSink log,
      Clock clock) {
    this.neighbourhood = neighbourhood;
    this.app = app;
    this.mark = mark;
    this.routes = routes;
    this.log = log;
    this.clock = clock;
    subscription = rules.follow(next -> follow(next.of(app)));
    thread = Thread.ofVirtual().name("neighbours").start(this::keepLooking);
  }

  private synchronized void follow(AppPolicy next) {
    policy = next;
    noted = null;
    look();
  }

  private void keepLooking() {
    try {
      while (true) {
        clock.sleep(EVERY);
        look();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** What keeps requests from going there, a sentence each; a few seconds old at most. */
  List<String> notes() {
    AppPolicy now;
    synchronized (this) {
      now = policy;
      if (notedAt + NOTED.toNanos() - clock.nanos() > 0 && noted != null) {
        return noted;
      }
    }
    List<String> fresh = neighbourhood.notes(app, now.hosts(), now);
    synchronized (this) {
      noted = now.equals(policy) ? fresh : null;
      notedAt = clock.nanos();
    }
    return fresh;
  }

  private synchronized void look() {
    List<AppRoute> next = new ArrayList<>();
    for (Destination each : policy.destinations()) {
      route(each).ifPresent(next::add);
    }
    if (!next.equals(published)) {
      tell(next);
      noted = null;
      Set<String> before = names(published);
      published = List.copyOf(next);
      routes.update(old -> {
        List<AppRoute> all = new ArrayList<>(old.apps());
        all.removeIf(route -> !route.isHere() && before.contains(route.app()));
        all.addAll(published);
        return new RoutingTable(old.version() + 1, all);
      });
    }
  }

  private static Set<String> names(List<AppRoute> routes) {
    Set<String> names = new HashSet<>();
    routes.forEach(route -> names.add(route.app()));
    return names;
  }

  private Optional<AppRoute> route(Destination to) {
    return switch (to) {
      case Destination.At(String name, Address address) ->
          Optional.of(route(name, address, address.toString(), List.of()));
      case Destination.App(String name) ->
          neighbourhood.find(name) instanceof Neighbourhood.Serving(Instance there)
              ? Optional.of(
                  route(name, new Address.Tcp("127.0.0.1", there.port()), name, there.hosts()))
              : Optional.empty();
    };
  }

  private AppRoute route(String name, Address address, String replica, List<String> hosts) {
    String id = name + "@" + address;
    return new AppRoute(
        name,
        List.of(),
        List.of(new Upstream(id, name, replica, "", address)),
        policy.timeouts().orElse(Timeouts.DEFAULT),
        IDLE,
        "",
        Optional.of(new AppRoute.Elsewhere(hosts, mark)));
  }

  private void tell(List<AppRoute> next) {
    Set<String> wanted = new HashSet<>();
    policy.destinations().forEach(to -> wanted.add(to.name()));
    Set<String> now = names(next);
    for (String name : names(published)) {
      if (!now.contains(name) && wanted.contains(name)) {
        say(name + " does not serve any more: " + app + " serves its part");
      }
    }
    for (AppRoute route : next) {
      if (!published.contains(route)) {
        say(route.app() + " is at " + route.upstreams().getFirst().address());
      }
    }
  }

  private void say(String sentence) {
    log.log(new LogLine(clock.now(), LogLine.Source.EDGE, app, null, null, sentence));
  }

  @Override
  public void close() {
    subscription.close();
    thread.interrupt();
  }
}
