package dev.undercloud.app.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.watch.Watch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReleaseFilesTest {
  private static final Path PROJECT = Path.of("/home/me/shop");

  private final Watch<EdgePolicies> rules = new Watch<>(EdgePolicies.NONE);
  private final Watch<RoutingTable> routes = new Watch<>(RoutingTable.EMPTY);
  private final Watch<EdgePolicies> inForce =
      new ReleaseFiles(
              "shop", PROJECT, id -> Path.of("/state/releases", id, "source"), rules, routes)
          .inForce();

  private static RouteRule rule(String prefix, String folder, boolean orApp) {
    Files files = new Files(List.of(PROJECT.resolve(folder)), prefix, false, orApp);
    return new RouteRule(
        "app.py:1", prefix + "*", List.of(), Set.of(), Map.of(), RouteOptions.NONE.with(files));
  }

  private void serve(String... releases) {
    List<Upstream> upstreams = new ArrayList<>();
    for (String release : releases) {
      upstreams.add(
          new Upstream("id-" + release, "shop", "web.1", release, new Address.Tcp("127.0.0.1", 1)));
    }
    AppRoute route =
        new AppRoute(
            "shop",
            List.of("shop.localhost"),
            upstreams,
            Timeouts.DEFAULT,
            Duration.ofSeconds(1),
            "");
    routes.update(old -> new RoutingTable(old.version() + 1, List.of(route)));
  }

  private void follow(RouteRule... all) {
    AppPolicy policy = AppPolicy.NONE.withRoutes(List.of(all));
    rules.update(old -> new EdgePolicies(old.version() + 1, Map.of("shop", policy)));
  }

  private List<String> folders() {
    return inForce.get().of("shop").routes().stream()
        .map(rule -> rule.path() + " " + rule.options().files().orElseThrow().folders())
        .toList();
  }

  @Test
  void foundFoldersAreThoseOfTheReleasesNamedOnesStay() {
    follow(rule("/assets/", "assets", false), rule("/static/", "shop/static", true));
    assertThat(folders())
        .as("nothing is released yet")
        .containsExactly("/assets/* [/home/me/shop/assets]");
    serve("a1", "a1");
    assertThat(folders())
        .containsExactly(
            "/assets/* [/home/me/shop/assets]",
            "/static/* [/state/releases/a1/source/shop/static]");
    assertThat(inForce.get().version()).isEqualTo(rules.get().version());
  }

  @Test
  void whileTwoReleasesServeTheNewerOneIsLookedIntoFirst() {
    follow(rule("/static/", "static", true));
    serve("b2");
    serve("b2", "a1");
    assertThat(folders())
        .containsExactly(
            "/static/* [/state/releases/a1/source/static, /state/releases/b2/source/static]");
    serve("a1");
    assertThat(folders()).containsExactly("/static/* [/state/releases/a1/source/static]");
    serve();
    assertThat(folders())
        .as("no replica is needed for files")
        .containsExactly("/static/* [/state/releases/a1/source/static]");
    serve("b2", "a1");
    assertThat(folders())
        .as("an old release that comes back is the newest")
        .containsExactly(
            "/static/* [/state/releases/b2/source/static, /state/releases/a1/source/static]");
  }

  @Test
  void whoFollowsHearsOfARuleAtOnce() {
    serve("a1");
    follow(rule("/static/", "static", true));
    assertThat(folders()).containsExactly("/static/* [/state/releases/a1/source/static]");
    follow();
    assertThat(folders()).isEmpty();
    assertThat(inForce.get().version()).isEqualTo(2);
  }
}
