package dev.undercloud.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.render.Terminal;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code undercloud maintenance} refuses before it asks any app, and in which words. */
class MaintenanceVerbTest {
  @TempDir Path folder;

  private Problem refused(String... arguments) {
    Context context = new Context(Map.of(), new StateHome(folder), folder, Terminal.of(Map.of()));
    MaintenanceVerb verb = new MaintenanceVerb(context);
    new CommandLine(verb).parseArgs(arguments);
    CloudException refusal = catchThrowableOfType(CloudException.class, verb::call);
    assertThat(refusal).isNotNull();
    assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.USER);
    return refusal.problem();
  }

  @Test
  void optionsSayHowItIsClosed() {
    String[][] odd = {
      {"--except", "/quizzes"},
      {"off", "--except", "/quizzes"},
      {"off", "--allow", "10.0.0.0/8"},
      {"--page", "closed.html"},
      {"off", "--retry-after", "5m"}
    };
    for (String[] arguments : odd) {
      Problem problem = refused(arguments);
      assertThat(problem.what()).isEqualTo("the app stays as it is");
      assertThat(problem.why())
          .isEqualTo("--except, --allow, --page and --retry-after say how it is closed, with `on`");
      assertThat(problem.remedy())
          .isEqualTo("For example: undercloud maintenance on --except /quizzes*");
    }
  }

  @Test
  void aPageIsAFileThatIsThere() {
    Problem none = refused("on", "--page", "closed.html");
    assertThat(none.what()).isEqualTo("there is no page " + folder.resolve("closed.html"));
    assertThat(none.remedy()).isEqualTo("Name an HTML file.");
    assertThat(refused("on", "--page", ".").what()).isEqualTo("there is no page " + folder);
  }

  @Test
  void aTimeHasAUnit() {
    Problem problem = refused("on", "--retry-after", "soon");
    assertThat(problem.what()).isEqualTo("--retry-after soon is no duration");
    assertThat(problem.why()).contains("soon");
    assertThat(problem.remedy()).isEqualTo("For example: --retry-after 5m");
  }

  @Test
  void withoutAFaultItAsksTheApp() {
    assertThat(refused("on", "--retry-after", "5m", "--except", "/quizzes*").what())
        .isEqualTo(refused().what())
        .doesNotContain("--retry-after");
  }
}
