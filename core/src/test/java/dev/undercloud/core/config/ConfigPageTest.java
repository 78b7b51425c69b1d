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
    Path directory = Projects.make(temporary, "undercloud.toml", block.group(1));
    Resolver resolver = new Resolver(Projects.NO_PYTHON);
    assertThat(resolver.check(directory)).isEmpty();

    Set<String> shown = new TreeSet<>();
    resolver.resolve(directory, CliOverrides.NONE).settings().stream()
        .filter(setting -> "undercloud.toml".equals(setting.file()))
        .forEach(setting -> shown.add(setting.key()));
    assertThat(shown).containsAll(leaves("", Schema.of(List.of("worker"))));
  }

  private static Set<String> leaves(String prefix, Shape.Table table) {
    Set<String> found = new TreeSet<>();
    table
        .keys()
        .forEach((key, shape) -> {
          switch (shape) {
            case Shape.Value _ -> found.add(prefix + key);
            case Shape.Table inner -> found.addAll(leaves(prefix + key + ".", inner));
            case Shape.Named _ ->
                found.add(prefix + key + (key.equals("env") ? ".LOG_LEVEL" : ".web"));
          }
        });
    return found;
  }
}
