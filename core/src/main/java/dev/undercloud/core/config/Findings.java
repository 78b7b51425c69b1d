package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Django;
import dev.undercloud.core.config.Resolution.Finding;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first screen in four lines at most: the app, its server, what it needs, its files. */
final class Findings {
  private final Project project;
  private final Facts facts;
  private final AppSpec spec;
  private final @Nullable WebPlan web;
  private final StaticFolders statics;

  Findings(
      Project project, Facts facts, AppSpec spec, @Nullable WebPlan web, StaticFolders statics) {
    this.project = project;
    this.facts = facts;
    this.spec = spec;
    this.web = web;
    this.statics = statics;
  }

  List<Finding> list() {
    List<Finding> found = new ArrayList<>();
    found.add(app());
    ProcessSpec process = spec.web();
    if (web != null && process != null) {
      found.add(server(web, process));
    }
    if (spec.build().python() || spec.release() != null) {
      found.add(needs(spec.build()));
    }
    if (process != null) {
      statics.finding().ifPresent(found::add);
    }
    return found;
  }

  private Finding app() {
    Django django = project.scan().django();
    AppObject object = facts.application().orElse(null);
    Sourced<String> text = project.declared().get(ProcessSpec.WEB);
    if (web == null) {
      return new Finding(
          "processes " + String.join(", ", spec.processes().keySet()) + ", none of them web",
          project.declared().values().iterator().next().place());
    }
    if (django != null && object != null && "Django".equals(object.framework())) {
      return new Finding(
          "Django project " + django.settings().replaceFirst("\\.settings.*", ""),
          (django.settings().equals(django.manageSettings())
                  ? django.manage()
                  : String.valueOf(django.wsgiFile()))
              + " names its settings "
              + django.settings());
    }
    if (object != null && (text == null || spec.build().python())) {
      String kind = object.framework() != null ? object.framework() : object.kind().name();
      return new Finding(
          kind + " app " + object.reference(),
          object.place() + (object.factory() ? " makes it" : " defines it"));
    }
    return text == null
        ? new Finding("app " + spec.name(), "detected")
        : new Finding("app `" + text.value() + "`", text.place());
  }

  private static Finding server(WebPlan web, ProcessSpec process) {
    String where = web.listen() == Listen.UNIX ? "Unix socket" : "TCP port";
    String replicas =
        process.replicas() == 1 ? "1 replica" : process.replicas() + " replicas, each";
    return new Finding("%s, %s on a %s".formatted(web.what(), replicas, where), web.why());
  }

  private Finding needs(BuildSpec build) {
    List<String> what = new ArrayList<>();
    List<String> why = new ArrayList<>();
    if (!build.files().isEmpty()) {
      what.add("dependencies from " + build.files().getFirst());
    } else if (build.packages().isEmpty()) {
      what.add("no dependencies");
    }
    List<String> more = new ArrayList<>(build.packages());
    more.removeAll(project.dependencies().packages());
    if (!more.isEmpty()) {
      what.add((build.files().isEmpty() ? "installs " : "plus ") + String.join(", ", more));
    }
    Sourced<String> version = project.python().version();
    if (build.python()) {
      what.add(version == null ? "any Python 3" : "Python " + version.value());
    }
    if (version != null) {
      why.add(version.place() + " asks for Python " + version.value());
    }
    if (spec.release() != null) {
      what.add("release `" + spec.release().text() + "`");
      Sourced<String> said = project.declared().get(Schema.RELEASE);
      Django django = project.scan().django();
      if (said != null) {
        why.add(said.place() + " names the release command");
      } else if (django != null) {
        new DjangoAdvice(django, facts.environment())
            .release()
            .ifPresent(words -> why.add(words.reason()));
      }
    }
    if (why.isEmpty()) {
      why.add(
          build.files().isEmpty() ? "no file names any" : build.files().getFirst() + " is there");
    }
    return new Finding(String.join(", ", what), String.join("; ", why));
  }
}
