package dev.undercloud.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/commands.md names every command and option that there is. */
class CommandsPageTest {
  @Test
  void everyCommandAndOptionIsDocumented() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "commands.md"));
    Context context = Context.of(Map.of("HOME", "/nonexistent"));
    Verbs.of(new String[0])
        .forEach((name, verb) -> {
          CommandLine command = new CommandLine(verb.apply(context));
          assertThat(page).contains("undercloud " + name);
          for (OptionSpec option : command.getCommandSpec().options()) {
            assertThat(page).as("option of %s", name).contains(option.longestName());
          }
          command
              .getSubcommands()
              .keySet()
              .forEach(sub -> assertThat(page).contains(name + " " + sub));
        });
  }
}
