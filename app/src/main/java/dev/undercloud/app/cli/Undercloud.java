package dev.undercloud.app.cli;

import dev.undercloud.app.local.Problems;
import dev.undercloud.core.config.ConfigError;
import dev.undercloud.core.config.ConfigException;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line. Exit codes: 0, else {@link Problem.Kind#exitCode}. */
@Command(
    name = "undercloud",
    description = "The cloud under your app.",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Undercloud implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /** Runs a command line; its exit code. */
  public static int run(String[] arguments, Map<String, String> environment) {
    Context context = Context.of(environment);
    CommandLine line = new CommandLine(new Undercloud());
    Verbs.of(arguments).forEach((name, verb) -> line.addSubcommand(name, verb.apply(context)));
    line.getSubcommands().values().forEach(Undercloud::help);
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      boolean json =
          parsed.hasMatchedOption("--json") || deepest(parsed).hasMatchedOption("--json");
      return report(context, failure, json);
    });
    return line.execute(arguments);
  }

  /** Every verb explains itself, and so does every verb below it. */
  private static void help(CommandLine verb) {
    verb.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this and exit")
                .build());
    verb.getSubcommands().values().forEach(Undercloud::help);
  }

  private static CommandLine.ParseResult deepest(CommandLine.ParseResult parsed) {
    CommandLine.ParseResult at = parsed;
    while (at.hasSubcommand()) {
      at = at.subcommand();
    }
    return at;
  }

  private static int report(Context context, Exception failure, boolean json) throws Exception {
    switch (failure) {
      case ConfigException config -> {
        for (ConfigError error : config.errors()) {
          System.err.println(context.terminal().red("error") + "  " + error.sentence());
        }
        System.err.println("Mend these and run it again; nothing was changed.");
        return Problem.Kind.USER.exitCode();
      }
      case CloudException cloud -> {
        Problem problem = cloud.problem();
        if (json) {
          System.err.println(Problems.json(problem));
        } else {
          System.err.println(context.terminal().red("error") + "  " + problem.what());
          problem.why().lines().forEach(line -> System.err.println("       " + line));
          if (problem.where() != null) {
            System.err.println("       at " + problem.where());
          }
          System.err.println("       → " + problem.remedy());
        }
        return problem.kind().exitCode();
      }
      default -> throw failure;
    }
  }
}
