package dev.undercloud.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.app.home.AppHome;
import dev.undercloud.app.home.Instance;
import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.render.Terminal;
import dev.undercloud.core.error.CloudException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {
  @TempDir Path folder;

  private final Target target = new Target();

  private Context in(Path directory) {
    return new Context(Map.of(), new StateHome(folder), directory, Terminal.of(Map.of()));
  }

  private Target.Running up(String name) {
    Instance instance = new Instance(name, folder.resolve(name), 1, folder.resolve("s"), "");
    return new Target.Running(new AppHome(folder.resolve(name)), instance);
  }

  @Test
  void theOnlyOneIsMeantWhereNoProjectIs() {
    Target.Running shop = up("shop");
    assertThat(target.pick(in(folder), List.of(shop))).contains(shop);
    assertThat(target.pick(in(folder), List.of(shop, up("blog")))).isEmpty();
    assertThat(target.pick(in(folder.resolve("blog/deep")), List.of(shop, up("blog"))))
        .map(r -> r.instance().app())
        .contains("blog");
  }

  @Test
  void aProjectThatIsNotUpIsNotAnother() throws Exception {
    Path blog = Files.createDirectories(folder.resolve("blog/deep"));
    Files.writeString(folder.resolve("blog/undercloud.toml"), "");
    assertThat(target.pick(in(blog), List.of(up("shop")))).isEmpty();
    target.app = "shop";
    assertThat(target.pick(in(blog), List.of(up("shop")))).isPresent();
  }

  @Test
  void everyVerbExplainsItself() {
    for (String verb : Verbs.of(new String[0]).keySet()) {
      assertThat(Undercloud.run(new String[] {verb, "--help"}, Map.of("HOME", folder.toString())))
          .as(verb)
          .isZero();
    }
  }

  @Test
  void anAppThatIsNotUpIsAnError() {
    target.app = "nobody";
    assertThatThrownBy(() -> StatusVerb.collect(in(folder), target))
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("nobody");
  }
}
