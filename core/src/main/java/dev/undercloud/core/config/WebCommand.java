package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Constant;
import dev.undercloud.core.config.PythonScan.Place;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Listen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the user wrote for {@code web} into what runs: development servers replaced, known
 * servers told to listen on our socket, everything else left as it is.
 */
final class WebCommand {
  private static final Pattern SOCKET = Pattern.compile("\\$(SOCKET\\b|\\{SOCKET\\b)");
  private static final Pattern PORT = Pattern.compile("\\$(PORT\\b|\\{PORT\\b)");

  /** A port that stands in the command: {@code :8000}, {@code --port 8000}, {@code -p=8000}. */
  private static final Pattern LITERAL_PORT =
      Pattern.compile(
          "(?:^|\\s)(?:(?:\\S*[a-zA-Z.*\\]=]\\S*)?:|(?:--?[\\w.-]*port|-p)[ =]?|http\\.server\\s+)(\\d{2,5})(?=\\s|$)");

  private final Facts facts;

  WebCommand(Facts facts) {
    this.facts = facts;
  }

  /** From detection alone; empty where no application object was found. */
  Optional<WebPlan> detected() {
    return facts
        .application()
        .map(object -> {
          ServerChoice choice = ServerChoice.of(object, facts);
          PythonScan.Main main = facts.scan().mains().get(object.place().file());
          List<String> warnings =
              main == null || main.guarded() ? List.of() : List.of(Development.unguarded(main));
          return plan(choice, List.of(), Map.of(), choice.name(), choice.why(), warnings);
        });
  }

  /**
   * From a command that the user wrote.
   *
   * @throws IllegalArgumentException when it cannot be read as a command
   */
  WebPlan written(Sourced<String> text) {
    CommandLine.Parsed parsed = CommandLine.parse(text.value(), this::single);
    if (parsed.shell() != null) {
      return shell(text, parsed.shell());
    }
    Unwrapped command = Unwrapped.of(parsed);
    Place place = new Place(text.place(), 0);
    Optional<Development> development = Development.of(command, facts, place);
    if (development.isPresent()) {
      return development.get().object() == null
          ? unreplaced(text, command, development.get())
          : replaced(text, command, development.get(), development.get().object());
    }
    Server server = server(command.core());
    if (server != null && !SOCKET.matcher(text.value()).find()) {
      return served(text, command, server);
    }
    return program(text, command, server);
  }

  private WebPlan replaced(
      Sourced<String> text, Unwrapped command, Development development, AppObject object) {
    ServerChoice choice = ServerChoice.of(object, facts);
    List<String> warnings = new ArrayList<>();
    if (development.warning() != null) {
      warnings.add(development.warning());
    }
    return plan(
        choice,
        command.prefix(),
        command.environment(),
        choice.name() + " in place of " + development.shown(),
        text.place() + " names that; " + choice.why(),
        warnings);
  }

  /** A development server of which nobody can tell what it serves: it runs, and that is said. */
  private WebPlan unreplaced(Sourced<String> text, Unwrapped command, Development development) {
    WebPlan plan = program(text, command, null);
    List<String> warnings = new ArrayList<>(plan.warnings());
    warnings.add(
        development.warning() != null
            ? development.warning()
            : "%s names %s and no application object was found to replace it; write for example web: gunicorn module:app"
                .formatted(text.place(), development.shown()));
    return new WebPlan(
        plan.command(),
        plan.environment(),
        plan.listen(),
        plan.upstreamIdle(),
        development.shown(),
        plan.why(),
        plan.packages(),
        warnings);
  }

  private WebPlan plan(
      ServerChoice choice,
      List<String> prefix,
      Map<String, String> environment,
      String what,
      String why,
      List<String> warnings) {
    List<String> words = new ArrayList<>(prefix);
    words.addAll(choice.words());
    Map<String, String> all = new LinkedHashMap<>(choice.environment());
    all.putAll(trust(environment));
    all.putAll(environment);
    return new WebPlan(
        new Command(CommandLine.join(words), words, false),
        all,
        choice.listen(),
        choice.upstreamIdle(),
        what,
        why,
        choice.packages(),
        warnings);
  }

  /** A known production server: its own words, on our socket. */
  private WebPlan served(Sourced<String> text, Unwrapped command, Server server) {
    PythonCall call = PythonCall.of(command.core());
    List<String> head = call == null ? command.core().subList(0, 1) : call.head();
    List<String> arguments =
        call == null ? command.core().subList(1, command.core().size()) : call.arguments();
    Options.Split bind = Options.take(arguments, server.binds, Set.of());
    Options.Split reload = Options.take(bind.kept(), server.development, server.developmentFlags);
    List<String> words = new ArrayList<>(command.prefix());
    words.addAll(head);
    int from = words.size();
    words.addAll(reload.kept());
    words.addAll(server.optionsFirst() ? from : words.size(), server.options(reload.kept()));
    Map<String, Constant> conf =
        server == Server.GUNICORN ? ServerChoice.Gunicorn.settings(words, facts) : Map.of();
    int keepAlive = ServerChoice.KeepAlive.ensure(server, words, from, conf, facts.environment());
    Map<String, String> environment = new LinkedHashMap<>(trust(command.environment()));
    environment.putAll(command.environment());
    List<String> warnings = new ArrayList<>();
    List<String> packages = missing(server, text, warnings);
    return new WebPlan(
        new Command(CommandLine.join(words), words, false),
        environment,
        server.listen(),
        Server.upstreamIdle(keepAlive),
        server.program + development(server, reload.taken()),
        text.place() + " names it" + rebound(server, bind.taken(), conf),
        packages,
        warnings);
  }

  private static String development(Server server, List<String> taken) {
    List<String> reload = taken.stream().filter(word -> word.startsWith("--reload")).toList();
    if (!reload.isEmpty()) {
      return " in place of the development server `" + server.program + " --reload`";
    }
    return taken.isEmpty() ? "" : " in the foreground, without " + String.join(" ", taken);
  }

  private static String rebound(Server server, List<String> taken, Map<String, Constant> conf) {
    String ours = server.listen() == Listen.UNIX ? "our Unix socket" : "a port of ours";
    Constant bind = conf.get("bind");
    if (!taken.isEmpty()) {
      return "; its " + String.join(" ", taken) + " becomes " + ours;
    }
    return bind == null ? "" : "; bind in " + bind.place() + " becomes " + ours;
  }

  private List<String> missing(Server server, Sourced<String> text, List<String> warnings) {
    Dependencies dependencies = facts.dependencies();
    if (dependencies.of(server.distribution) != null || !dependencies.complete()) {
      return List.of();
    }
    warnings.add(
        "%s names %s, but no dependency file does: the newest is installed beside them. Write %s into %s"
            .formatted(
                text.place(),
                server.program,
                server.distribution,
                dependencies.files().isEmpty()
                    ? "requirements.txt"
                    : dependencies.files().getLast()));
    return List.of(server.distribution);
  }

  /** Any other program. */
  private WebPlan program(Sourced<String> text, Unwrapped command, @Nullable Server server) {
    List<String> words = new ArrayList<>(command.prefix());
    words.addAll(command.core());
    Map<String, String> environment = new LinkedHashMap<>(trust(command.environment()));
    environment.putAll(command.environment());
    List<String> warnings = new ArrayList<>();
    Listening listening = listening(text, warnings);
    Duration idle = Server.UNKNOWN_IDLE;
    if (server != null) {
      idle =
          Server.upstreamIdle(
              ServerChoice.KeepAlive.ensure(
                  server,
                  words,
                  1,
                  server == Server.GUNICORN
                      ? ServerChoice.Gunicorn.settings(words, facts)
                      : Map.of(),
                  facts.environment()));
    }
    boolean same = server == null && parsedSame(text, words, command);
    return new WebPlan(
        new Command(same ? text.value() : CommandLine.join(words), words, false),
        environment,
        listening.listen(),
        idle,
        server == null ? "`" + text.value() + "`" : server.program,
        text.place() + " " + listening.why(),
        server == null ? List.of() : missing(server, text, warnings),
        warnings);
  }

  private static boolean parsedSame(Sourced<String> text, List<String> words, Unwrapped command) {
    return command.environment().isEmpty()
        && CommandLine.parse(text.value(), _ -> true).words().equals(words);
  }

  /** A command for the shell: only its last part, behind the last {@code &&}, can be understood. */
  private WebPlan shell(Sourced<String> text, String why) {
    int and = text.value().lastIndexOf("&&");
    if (and > 0) {
      Optional<WebPlan> last = last(text, and);
      if (last.isPresent()) {
        return last.get();
      }
    }
    List<String> warnings = new ArrayList<>();
    Listening listening = listening(text, warnings);
    return new WebPlan(
        shellCommand(text.value()),
        trust(Map.of()),
        listening.listen(),
        Server.UNKNOWN_IDLE,
        "`" + text.value() + "` in a shell",
        text.place() + " " + listening.why() + "; a shell runs it, for " + why,
        List.of(),
        warnings);
  }

  private Optional<WebPlan> last(Sourced<String> text, int and) {
    String before = text.value().substring(0, and).strip();
    String after = text.value().substring(and + 2).strip();
    try {
      CommandLine.parse(before, this::single);
      if (CommandLine.parse(after, this::single).shell() != null || before.endsWith("(")) {
        return Optional.empty();
      }
    } catch (IllegalArgumentException quoted) {
      return Optional.empty();
    }
    WebPlan plan = written(text.with(after));
    List<String> warnings = new ArrayList<>(plan.warnings());
    if (before.contains("migrate")
        || before.contains("upgrade")
        || before.contains("collectstatic")) {
      warnings.add(
          "%s runs \"%s\" at the start of every replica; a line \"release: %s\" in the Procfile runs it once a release"
              .formatted(text.place(), before, before));
    }
    String whole = before + " && exec " + CommandLine.joinForShell(plan.command().words());
    return Optional.of(
        new WebPlan(
            shellCommand(whole),
            plan.environment(),
            plan.listen(),
            plan.upstreamIdle(),
            plan.what(),
            plan.why() + "; a shell runs what stands before it",
            plan.packages(),
            warnings));
  }

  private static Command shellCommand(String text) {
    return new Command(text, List.of("sh", "-c", text), true);
  }

  private record Listening(Listen listen, String why) {}

  private static Listening listening(Sourced<String> text, List<String> warnings) {
    if (SOCKET.matcher(text.value()).find()) {
      return new Listening(Listen.UNIX, "names $SOCKET");
    }
    if (PORT.matcher(text.value()).find()) {
      return new Listening(Listen.TCP, "names $PORT");
    }
    Matcher literal = LITERAL_PORT.matcher(text.value());
    if (literal.find()) {
      warnings.add(
          "%s names the port %s, which only one replica can have; write $PORT in its place"
              .formatted(text.place(), literal.group(1)));
    }
    return new Listening(Listen.TCP, "names no port: it has to listen on the port in $PORT");
  }

  private static @Nullable Server server(List<String> core) {
    List<String> words = PythonCall.asProgram(core);
    String program = words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1);
    for (Server server : Server.values()) {
      boolean module = words != core && program.equals(server.distribution);
      if (program.equals(server.program) || module) {
        return server;
      }
    }
    return null;
  }

  private Map<String, String> trust(Map<String, String> own) {
    Map<String, String> all = new LinkedHashMap<>(facts.environment());
    all.putAll(own);
    return ServerChoice.trust(all);
  }

  /** Whether a variable is one word: a shell would split or drop any other. */
  private boolean single(String name) {
    if (name.equals("PORT") || name.equals("SOCKET")) {
      return true;
    }
    String value = facts.environment().get(name);
    return value != null && !value.isEmpty() && value.chars().noneMatch(Character::isWhitespace);
  }
}
