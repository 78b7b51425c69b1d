package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Django;
import dev.undercloud.core.config.PythonScan.StaticFolder;
import dev.undercloud.core.config.Resolution.Finding;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Folders of files that the app would give out as they are, found in its source: the edge does it
 * for it, and the app gets what is not there. A route of the user's own for the same path comes
 * first, and takes it back.
 */
final class StaticFolders {
  private final Project project;
  private final List<StaticFolder> folders;

  StaticFolders(Project project, Facts facts) {
    this.project = project;
    Django django = project.scan().django();
    AppObject object = facts.application().orElse(null);
    String framework = object == null || object.framework() == null ? "" : object.framework();
    Map<String, StaticFolder> byPrefix = new LinkedHashMap<>();
    if (framework.equals("Django") && django != null) {
      new DjangoAdvice(django, facts.environment())
          .collected()
          .ifPresent(folder -> byPrefix.put(folder.prefix(), folder));
    } else {
      // Another object than the best one may be served: then its folders are not these.
      boolean best = project.scan().best().equals(Optional.ofNullable(object));
      if (best) {
        project.scan().statics().forEach(each -> byPrefix.putIfAbsent(each.prefix(), each));
      }
    }
    folders = List.copyOf(byPrefix.values());
  }

  /** To be put behind the user's own, with their place as name. */
  List<RouteRule> rules() {
    List<RouteRule> rules = new ArrayList<>();
    for (StaticFolder each : folders) {
      Files files =
          new Files(
              List.of(project.directory().resolve(each.folder())),
              each.prefix(),
              each.index(),
              true);
      rules.add(
          new RouteRule(
              each.place().toString(),
              each.prefix() + "*",
              List.of(),
              Set.of(),
              Map.of(),
              RouteOptions.NONE.with(files)));
    }
    return rules;
  }

  void explain(Settings settings) {
    for (StaticFolder each : folders) {
      settings.add(
          "static." + each.prefix(),
          new Sourced<>(each.folder(), each.place().file(), each.place().line(), each.why()));
    }
  }

  /** One line for all of them; empty for none. */
  Optional<Finding> finding() {
    if (folders.isEmpty()) {
      return Optional.empty();
    }
    String served =
        folders.stream()
            .map(each -> "%s/ at %s*".formatted(each.folder(), each.prefix()))
            .collect(Collectors.joining(", "));
    Map<String, Set<String>> places = new LinkedHashMap<>();
    folders.forEach(each ->
        places
            .computeIfAbsent(each.why(), why -> new LinkedHashSet<>())
            .add(each.place().toString()));
    String reasons =
        places.entrySet().stream()
            .map(each -> String.join(", ", each.getValue()) + " " + each.getKey())
            .collect(Collectors.joining("; "));
    return Optional.of(new Finding("static files served by the edge: " + served, reasons));
  }
}
