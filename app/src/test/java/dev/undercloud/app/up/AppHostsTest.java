package dev.undercloud.app.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AppHostsTest {
  private static AppRoute unable(String app, String... hosts) {
    return new AppRoute(
        app, List.of(hosts), List.of(), Timeouts.DEFAULT, Duration.ofSeconds(1), "nothing runs");
  }

  @Test
  void rulesSayMoreThanTheTableAndAnAppThatIsNotRoutedIsThereToo() {
    AppPolicy named = AppPolicy.NONE.at(List.of("shop.example"), Timeouts.DEFAULT);
    AppPolicy waiting = AppPolicy.NONE.at(List.of("new.example"), Timeouts.DEFAULT);
    AppHosts hosts =
        AppHosts.of(
            new RoutingTable(
                1, List.of(unable("shop", "old.example"), unable("blog", "blog.example"))),
            new EdgePolicies(1, Map.of("shop", named, "new", waiting)));
    assertThat(hosts.unable()).containsOnly("shop.example", "blog.example", "new.example");
    assertThat(hosts.able()).isEmpty();
    assertThat(hosts.all()).containsExactly("blog.example", "new.example", "shop.example");
    assertThat(AppHosts.before(List.of("a.example")).unable()).containsExactly("a.example");
  }
}
