package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Isolation;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.policy.AppPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts together what the files say: one app, every value with its origin. Used once. */
final class Assembly {
  private static final int LONGEST_NAME = 40;

  private final Project project;
  private final CliOverrides cli;
  private final Errors errors;
  private final Facts facts;
  private final Settings settings = new Settings();
  private final List<String> warnings;
  private @Nullable WebPlan web;

  Assembly(Project project, CliOverrides cli, Errors errors) {
    this.project = project;
    this.cli = cli;
    this.errors = errors;
    this.facts = project.facts();
    this.warnings = new ArrayList<>(project.warnings());
  }

  /** Empty where something is wrong, which then stands in the errors. */
  Optional<Resolution> assemble() {
    String name = name();
    List<String> hosts = hosts(name);
    Map<String, ProcessSpec> processes = processes();
    Command release = release();
    unknownProcesses(processes.keySet());
    AppPolicy policy =
        new PolicyReader(project, settings, errors)
            .read(name, processes.containsKey(ProcessSpec.WEB), Concurrency.inFlight(web));
    new RouteChecks(project.own(), hosts, errors, warnings).check();
    ProcessSpec served = processes.get(ProcessSpec.WEB);
    if (web != null && served != null) {
      new TimeoutChain(web, facts, project.own(), settings, warnings, errors)
          .check(served.timeouts());
    }
    if (processes.isEmpty() && errors.list().isEmpty()) {
      NothingToRun.explain(project, errors);
    }
    if (!errors.list().isEmpty()) {
      return Optional.empty();
    }
    settings.environment("env.", project.environment());
    BuildAssembly build = new BuildAssembly(project, settings, warnings, processes.values(), web);
    AppSpec spec =
        new AppSpec(
            name,
            project.directory(),
            isolation(),
            project.variables(),
            processes,
            release,
            build.spec(),
            hosts);
    scanWarnings(hosts.getFirst());
    StaticFolders statics = new StaticFolders(project, facts);
    AppPolicy rules = policy;
    if (web != null) {
      statics.explain(settings);
      rules = policy.followedBy(statics.rules());
    }
    Findings findings = new Findings(project, facts, spec, web, statics);
    return Optional.of(new Resolution(spec, rules, settings.sorted(), findings.list(), warnings));
  }

  private void unknownProcesses(Set<String> known) {
    for (String process : cli.replicas().keySet()) {
      if (!known.contains(process) && errors.list().isEmpty()) {
        String reason = "no such process; there are " + String.join(", ", known);
        errors.add(Sourced.COMMAND_LINE, 0, process, reason, Nearest.of(process, known));
      }
    }
  }

  private String name() {
    Sourced<String> name =
        cli.name() != null
            ? Sourced.because(cli.name(), Sourced.COMMAND_LINE)
            : project.own().get("name", String.class);
    if (name == null) {
      name = Sourced.because(folderName(), "default; the folder's name");
    } else if (!Schema.APP_NAME.matcher(name.value()).matches()) {
      errors.at(
          name,
          "name",
          "\"" + name.value() + "\" is not lower-case letters, digits and dashes, at most 40");
      name = name.with(folderName());
    }
    settings.add("name", name);
    return name.value();
  }

  private String folderName() {
    java.nio.file.Path last = project.directory().getFileName();
    String plain =
        (last == null ? "" : last.toString())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-");
    String cut = plain.replaceAll("^-+", "");
    cut = cut.substring(0, Math.min(cut.length(), LONGEST_NAME)).replaceAll("-+$", "");
    return cut.isEmpty() ? "app" : cut;
  }

  private Isolation isolation() {
    Sourced<String> said = project.own().get("isolation", String.class);
    Isolation isolation =
        said == null
            ? Defaults.ISOLATION
            : Isolation.valueOf(said.value().toUpperCase(Locale.ROOT));
    settings.add("isolation", said == null ? Sourced.byDefault(isolation) : said);
    return isolation;
  }

  private List<String> hosts(String name) {
    Set<String> hosts = new LinkedHashSet<>();
    hosts.add(name + ".localhost");
    Sourced<List<String>> said = project.own().list("web.hosts");
    if (said != null) {
      hosts.addAll(said.value());
    }
    Sourced<?> origin = said != null ? said : Sourced.because("", "default; the app's name");
    settings.add("web.hosts", origin, List.copyOf(hosts));
    return List.copyOf(hosts);
  }

  private Map<String, ProcessSpec> processes() {
    Map<String, ProcessSpec> all = new TreeMap<>();
    Sourced<String> webText = project.declared().get(ProcessSpec.WEB);
    web = webText == null ? new WebCommand(facts).detected().orElse(null) : written(webText);
    if (web != null) {
      all.put(ProcessSpec.WEB, webSpec(web, webText));
    }
    project
        .declared()
        .forEach((name, text) -> {
          if (!name.equals(ProcessSpec.WEB) && !name.equals(Schema.RELEASE)) {
            worker(name, text).ifPresent(spec -> all.put(name, spec));
          }
        });
    return all;
  }

  private @Nullable WebPlan written(Sourced<String> text) {
    try {
      return new WebCommand(facts).written(text);
    } catch (IllegalArgumentException bad) {
      errors.at(text, "processes.web", String.valueOf(bad.getMessage()));
      return null;
    }
  }

  private ProcessSpec webSpec(WebPlan plan, @Nullable Sourced<String> text) {
    warnings.addAll(plan.warnings());
    Sourced<String> origin =
        text != null ? text.because(plan.why()) : Sourced.because("", plan.why());
    ProcessReader reader = new ProcessReader(project.own(), cli, settings, ProcessSpec.WEB);
    settings.add("processes.web", origin, plan.command().text());
    settings.add("web.listen", Sourced.because(plan.listen(), plan.what()));
    Protocol protocol = reader.protocol();
    Duration idle = upstreamIdle(plan, protocol);
    Map<String, Sourced<String>> environment = new LinkedHashMap<>();
    plan.environment().forEach((name, value) -> environment.put(name, variable(name, value, text)));
    settings.environment("web.env.", environment);
    return new ProcessSpec(
        ProcessSpec.WEB,
        plan.command(),
        plan.environment(),
        reader.replicas(errors),
        plan.listen(),
        reader.health(),
        reader.limits(),
        reader.timeouts(),
        idle,
        protocol);
  }

  /** Servers of HTTP/2 say when they leave (RFC 9113, 6.8): nothing has to be guessed of them. */
  private Duration upstreamIdle(WebPlan plan, Protocol protocol) {
    boolean told = protocol == Protocol.H2C && plan.upstreamIdle().equals(Server.UNKNOWN_IDLE);
    Duration idle = told ? Server.HTTP2_IDLE : plan.upstreamIdle();
    String why =
        told
            ? "a server of HTTP/2 says when it leaves"
            : "shorter than the server's own keep-alive";
    settings.add("web.upstream_idle", Sourced.because(idle, why));
    return idle;
  }

  private static Sourced<String> variable(
      String name, String value, @Nullable Sourced<String> text) {
    return switch (name) {
      case "FORWARDED_ALLOW_IPS" ->
          Sourced.because(value, "the edge is the only client of a replica");
      case "PYTHONPATH" -> Sourced.because(value, "the modules lie there");
      default -> text == null ? Sourced.byDefault(value) : text.with(value).because("set there");
    };
  }

  private Optional<ProcessSpec> worker(String name, Sourced<String> text) {
    return plain(name, text)
        .map(command -> {
          ProcessReader reader = new ProcessReader(project.own(), cli, settings, name);
          settings.add("processes." + name, text, command.command().text());
          return new ProcessSpec(
              name,
              command.command(),
              command.environment(),
              reader.replicas(errors),
              Listen.NONE,
              Defaults.HEALTH,
              reader.limits(),
              reader.timeouts(),
              Server.UNKNOWN_IDLE);
        });
  }

  private record Plain(Command command, Map<String, String> environment) {}

  /** A command that nobody connects to: only what stands around its program is understood. */
  private Optional<Plain> plain(String key, Sourced<String> text) {
    try {
      CommandLine.Parsed parsed = CommandLine.parse(text.value(), this::oneWord);
      if (parsed.shell() != null) {
        return Optional.of(
            new Plain(
                new Command(text.value(), List.of("sh", "-c", text.value()), true), Map.of()));
      }
      Unwrapped bare = Unwrapped.of(parsed);
      List<String> words = new ArrayList<>(bare.prefix());
      words.addAll(bare.core());
      return Optional.of(new Plain(new Command(text.value(), words, false), bare.environment()));
    } catch (IllegalArgumentException bad) {
      errors.at(text, "processes." + key, String.valueOf(bad.getMessage()));
      return Optional.empty();
    }
  }

  private boolean oneWord(String name) {
    String value = facts.environment().get(name);
    return value != null && !value.isEmpty() && value.chars().noneMatch(Character::isWhitespace);
  }

  private @Nullable Command release() {
    Sourced<String> text = project.declared().get(Schema.RELEASE);
    if (text != null) {
      Plain plain = plain(Schema.RELEASE, text).orElse(null);
      if (plain == null) {
        return null;
      }
      settings.add(Schema.RELEASE, text, plain.command().text());
      if (plain.environment().isEmpty()) {
        return plain.command();
      }
      // A release has no environment of its own: a shell sets what stands before the program.
      return new Command(text.value(), List.of("sh", "-c", text.value()), true);
    }
    PythonScan.Django django = project.scan().django();
    if (django == null || web == null) {
      return null;
    }
    return new DjangoAdvice(django, facts.environment())
        .release()
        .map(words -> {
          Command command = new Command(String.join(" ", words.value()), words.value(), false);
          settings.add(Schema.RELEASE, words, command.text());
          return command;
        })
        .orElse(null);
  }

  private void scanWarnings(String host) {
    facts
        .application()
        .ifPresent(object -> {
          String kind = object.framework() == null ? object.kind().name() : object.framework();
          String reason = object.kind() + (object.factory() ? " factory" : " object");
          settings.add(
              "detected.app",
              new Sourced<>(
                  kind + " " + object.reference(),
                  object.place().file(),
                  object.place().line(),
                  reason));
        });
    PythonScan scan = project.scan();
    ScanWarnings.add(scan, project.python(), warnings);
    if (scan.django() != null && facts.application().map(AppObject::framework).isPresent()) {
      warnings.addAll(new DjangoAdvice(scan.django(), facts.environment()).warnings(host));
    }
  }
}
