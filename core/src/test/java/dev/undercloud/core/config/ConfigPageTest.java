package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page about configuration shows every key there is, in a file that is valid. */
class ConfigPageTest {
  private static final Path PAGE = Path.of("..", "docs", "config.md");

  @TempDir private Path temporary;

  @Test
  void itsExampleIsValidAndWhole() throws IOException {
    Matcher block =
        Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            block.group(1),
            "users.txt",
            "# made by: undercloud config password\nbob:" + RouteConfigTest.HASH,
            "tls/site.pem",
            "",
            "tls/site.key",
            "",
            "tls/clients.pem",
            "",
            "dns/transfer.key",
            "");
    Resolver resolver = new Resolver(Projects.NO_PYTHON);
    assertThat(resolver.check(directory)).isEmpty();

    Set<String> shown = new TreeSet<>();
    resolver.resolve(directory, CliOverrides.NONE).settings().stream()
        .filter(setting -> "undercloud.toml".equals(setting.file()))
        .forEach(setting -> shown.add(setting.key().replaceAll("\\[\\d+]", "[]")));
    for (String leaf : leaves("", Schema.of(List.of("worker")))) {
      assertThat(shown)
          .as(leaf)
          .anyMatch(key -> leaf.endsWith(".") ? key.startsWith(leaf) : key.equals(leaf));
    }
  }

  @Test
  void theExampleOfTheEdgesPageIsValid() throws IOException {
    Matcher block =
        Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE.resolveSibling("edge.md")));
    assertThat(block.find()).isTrue();
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            block.group(1),
            "users.txt",
            "ann:" + RouteConfigTest.HASH,
            "Procfile",
            "web: a $PORT");
    assertThat(new Resolver(Projects.NO_PYTHON).check(directory)).isEmpty();
  }

  /** Keys; with a dot at their end where the user chooses what comes behind it. */
  private static Set<String> leaves(String prefix, Shape.Table table) {
    Set<String> found = new TreeSet<>();
    table.keys().forEach((key, shape) -> leaves(prefix + key, shape, found));
    return found;
  }

  private static void leaves(String here, Shape shape, Set<String> found) {
    switch (shape) {
      case Shape.Value _ -> found.add(here);
      case Shape.Table inner -> found.addAll(leaves(here + ".", inner));
      case Shape.Tables tables -> found.addAll(leaves(here + "[].", tables.each()));
      case Shape.Either either -> {
        found.add(here);
        leaves(here, either.table(), found);
      }
      case Shape.Named _ -> found.add(here + ".");
    }
  }
}
