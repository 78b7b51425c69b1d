package dev.undercloud.app.up;

import dev.undercloud.app.home.AppHome;
import dev.undercloud.app.home.Instance;
import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.local.LocalClient;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Destination;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.route.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the other apps that routes name, and says in sentences what is missing. Any thread; blocks
 * for a moment.
 */
public final class Neighbourhood {
  /** Whoever takes longer to accept a connection is not there for an app that waits. */
  private static final Duration CONNECT = Duration.ofMillis(300);

  private final StateHome state;

  public Neighbourhood(StateHome state) {
    this.state = state;
  }

  /** What became of the search for an app. */
  sealed interface Found {}

  /** It serves. */
  record Serving(Instance instance) implements Found {}

  /**
   * It does not, or nobody can tell which it is.
   *
   * @param why {@code is not up}
   * @param remedy an imperative sentence
   */
  record Missing(String why, String remedy) implements Found {}

  /** The app of that name, of those that are up on this state folder. */
  Found find(String app) {
    List<Instance> all = new ArrayList<>();
    for (AppHome home : state.apps()) {
      Instance.read(home.instance())
          .filter(instance -> instance.app().equals(app))
          .filter(instance -> new LocalClient(instance).alive())
          .ifPresent(all::add);
    }
    if (all.isEmpty()) {
      return new Missing(
          "is not up on this state folder", "Start it with `undercloud up` in its folder");
    }
    if (all.size() > 1) {
      return new Missing("is up " + all.size() + " times", "End all but one of them");
    }
    Instance only = all.getFirst();
    return only.port() == 0
        ? new Missing("does not serve yet", "It will be found when it does")
        : new Serving(only);
  }

  /**
   * What keeps routes of an app from sending requests to others, a sentence each.
   *
   * @param hosts of the app
   */
  public List<String> notes(String app, List<String> hosts, AppPolicy policy) {
    List<String> notes = new ArrayList<>();
    for (RouteRule rule : policy.routes()) {
      List<String> wanted = rule.hosts().isEmpty() ? hosts : rule.hosts();
      String own = app + " serves all of " + rule.path() + " itself";
      String none = "nothing of " + rule.path() + " is copied";
      rule.options().split().ifPresent(split -> add(notes, rule, split.to(), own, wanted));
      rule.options().mirror().ifPresent(mirror -> add(notes, rule, mirror.to(), none, wanted));
    }
    return notes;
  }

  private void add(
      List<String> notes, RouteRule rule, Destination to, String so, List<String> hosts) {
    switch (to) {
      case Destination.At at -> {
        if (!listens(at.address())) {
          notes.add(
              "%s: nothing takes connections at %s, so %s. Start it, or write another address"
                  .formatted(rule.name(), at.name(), so));
        }
      }
      case Destination.App(String name) -> {
        switch (find(name)) {
          case Missing(String why, String remedy) ->
              notes.add("%s: app %s %s, so %s. %s".formatted(rule.name(), name, why, so, remedy));
          case Serving(Instance there) -> {
            List<String> missing =
                hosts.stream().filter(host -> !answers(there.hosts(), host)).toList();
            if (!missing.isEmpty()) {
              notes.add(
                  "%s: app %s does not answer for %s, so requests for that do not go there. Add it to `hosts` under [web] in %s and run `undercloud reload` there"
                      .formatted(rule.name(), name, String.join(", ", missing), there.directory()));
            }
          }
        }
      }
    }
  }

  private static boolean answers(List<String> hosts, String host) {
    int dot = host.indexOf('.');
    return hosts.contains(host) || dot > 0 && hosts.contains("*" + host.substring(dot));
  }

  private static boolean listens(Address address) {
    try {
      switch (address) {
        case Address.Unix(var path) -> SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        case Address.Tcp(String host, int port) -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
          }
        }
      }
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }
}
