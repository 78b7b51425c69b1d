package dev.undercloud.app.cli;

import dev.undercloud.app.render.ConfigText;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.up.Project;
import dev.undercloud.core.config.ConfigError;
import dev.undercloud.core.config.Resolver;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.PasswordHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code undercloud config explain|check|password}: what a project's files add up to. */
@Command(
    name = "config",
    description = "What a project's files add up to, and what is wrong with them.")
final class ConfigVerb {
  private final Context context;

  ConfigVerb(Context context) {
    this.context = context;
  }

  @Command(
      name = "explain",
      description = "Every value in force, with the file and line it came from.")
  int explain(
      @Parameters(
              arity = "0..1",
              paramLabel = "DIR",
              description = "the project; default: this folder")
          @Nullable Path directory,
      @Option(names = "--json", description = "as JSON") boolean json) {
    var resolution =
        Warned.of(new Project(context.environment()).resolve(context.in(directory)), context);
    if (json) {
      context.terminal().lines(Json.pretty(ConfigText.json(resolution)));
    } else {
      new ConfigText(context.terminal()).explain(resolution);
    }
    return 0;
  }

  @Command(
      name = "check",
      description = "All mistakes at once, and all doubts; exit code 2 when there is a mistake.")
  int check(
      @Parameters(
              arity = "0..1",
              paramLabel = "DIR",
              description = "the project; default: this folder")
          @Nullable Path directory,
      @Option(names = "--json", description = "as JSON") boolean json,
      @Option(names = "--strict", description = "doubts are mistakes, too") boolean strict) {
    Resolver.Checked found = new Project(context.environment()).check(context.in(directory));
    List<ConfigError> errors = found.errors();
    List<String> warnings =
        found.resolution().map(files -> Warned.of(files, context).warnings()).orElse(List.of());
    if (json) {
      context.terminal().lines(Json.pretty(ConfigText.json(errors, warnings)));
    } else {
      errors.forEach(error -> context.terminal().line(error.sentence()));
      new ConfigText(context.terminal()).warnings(warnings);
      if (errors.isEmpty()) {
        context
            .terminal()
            .line(warnings.isEmpty() ? "No mistakes." : "No mistakes, but see above.");
      }
    }
    boolean good = errors.isEmpty() && (!strict || warnings.isEmpty());
    return good ? 0 : Problem.Kind.USER.exitCode();
  }

  @Command(
      name = "password",
      description = "Asks for a password and prints the hash that basic_auth takes.")
  int password() throws IOException {
    char[] password = Secret.read("Password: ");
    if (password.length == 0) {
      throw CloudException.user(
          "no-password",
          "There is no password to hash",
          "the input is empty",
          "Type one, or pipe it in: undercloud config password < file");
    }
    context.terminal().line(PasswordHash.of(password, Entropy.secure()).text());
    Arrays.fill(password, ' ');
    return 0;
  }
}
