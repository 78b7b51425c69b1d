package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.ProcessSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides what has to be installed. */
final class BuildAssembly {
  /** Frameworks and the distributions that bring them. */
  private static final Map<String, String> DISTRIBUTIONS =
      Map.ofEntries(
          Map.entry("Flask", "flask"),
          Map.entry("APIFlask", "apiflask"),
          Map.entry("Bottle", "bottle"),
          Map.entry("CherryPy", "cherrypy"),
          Map.entry("Dash", "dash"),
          Map.entry("Django", "django"),
          Map.entry("Falcon", "falcon"),
          Map.entry("FastAPI", "fastapi"),
          Map.entry("FastHTML", "python-fasthtml"),
          Map.entry("Litestar", "litestar"),
          Map.entry("Pyramid", "pyramid"),
          Map.entry("Quart", "quart"),
          Map.entry("Sanic", "sanic"),
          Map.entry("Socket.IO", "python-socketio"),
          Map.entry("Starlette", "starlette"));

  private final Project project;
  private final Settings settings;
  private final List<String> warnings;
  private final Collection<ProcessSpec> processes;
  private final @Nullable WebPlan web;

  BuildAssembly(
      Project project,
      Settings settings,
      List<String> warnings,
      Collection<ProcessSpec> processes,
      @Nullable WebPlan web) {
    this.project = project;
    this.settings = settings;
    this.warnings = warnings;
    this.processes = processes;
    this.web = web;
  }

  BuildSpec spec() {
    Dependencies dependencies = project.dependencies();
    Set<String> packages = new LinkedHashSet<>(dependencies.packages());
    framework(packages);
    if (web != null) {
      packages.addAll(web.packages());
    }
    Sourced<String> version = project.python().version();
    BuildSpec spec =
        new BuildSpec(
            dependencies.installer(),
            dependencies.files(),
            new ArrayList<>(packages),
            version == null ? null : version.value(),
            python(packages),
            collect());
    explain(spec, version);
    return spec;
  }

  /** Without any dependency file, the framework that the sources import is installed. */
  private void framework(Set<String> packages) {
    if (project.dependencies().any()) {
      return;
    }
    AppObject object = project.facts().application().orElse(null);
    String framework = object == null ? null : object.framework();
    String distribution = framework == null ? null : DISTRIBUTIONS.get(framework);
    if (object != null && distribution != null) {
      packages.add(distribution);
      warnings.add(
          "%s uses %s and no file names it: the newest is installed; write %s into requirements.txt"
              .formatted(object.place(), framework, distribution));
    }
  }

  private @Nullable Command collect() {
    PythonScan.Django django = project.scan().django();
    if (django == null || web == null) {
      return null;
    }
    return new DjangoAdvice(django, project.facts().environment())
        .collect()
        .map(words -> {
          Command command = new Command(String.join(" ", words.value()), words.value(), false);
          settings.add("build.collect", words, command.text());
          return command;
        })
        .orElse(null);
  }

  private boolean python(Set<String> packages) {
    return project.dependencies().any()
        || !packages.isEmpty()
        || project.python().version() != null
        || processes.stream().anyMatch(BuildAssembly::python);
  }

  private static boolean python(ProcessSpec process) {
    List<String> words = process.command().words();
    return process.command().shell()
        ? process.command().text().contains("python")
        : PythonCall.isPython(words.getFirst()) || words.getFirst().endsWith(".py");
  }

  private void explain(BuildSpec spec, @Nullable Sourced<String> version) {
    String file = spec.files().isEmpty() ? null : spec.files().getFirst();
    Sourced<String> origin =
        file == null
            ? Sourced.because("", "no file names dependencies")
            : new Sourced<>("", file, 0, file + " is there");
    settings.add("build.installer", origin, spec.installer());
    settings.add("build.files", origin, spec.files().isEmpty() ? "none" : spec.files());
    settings.add(
        "build.packages",
        Sourced.because(
            spec.packages().isEmpty() ? "none" : spec.packages(), "beyond what files name"));
    Sourced<String> range = project.python().range();
    settings.add(
        "build.python",
        version != null
            ? version
            : range != null ? range : Sourced.because(spec.python() ? "any" : "none", "default"));
  }
}
