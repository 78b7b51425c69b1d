package dev.undercloud.app.cli;

import dev.undercloud.app.home.AppHome;
import dev.undercloud.app.home.Instance;
import dev.undercloud.app.local.LocalClient;
import dev.undercloud.core.error.CloudException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which app a command means: the one named, else the one whose folder we stand in, else the only
 * one.
 */
final class Target {
  @Option(
      names = "--app",
      paramLabel = "NAME",
      description = "the app; default: the one of this folder, or the only one")
  @Nullable String app;

  /** A running app, with where its state lies. */
  record Running(AppHome home, Instance instance) {
    LocalClient client() {
      return new LocalClient(instance);
    }
  }

  /** Every app that runs now. */
  static List<Running> running(Context context) {
    List<Running> found = new ArrayList<>();
    for (AppHome home : context.home().apps()) {
      Instance.read(home.instance())
          .filter(instance -> new LocalClient(instance).alive())
          .ifPresent(instance -> found.add(new Running(home, instance)));
    }
    return found;
  }

  /** Every app that runs now or, where one is named, that one; an error where it does not run. */
  List<Running> asked(Context context) {
    return app == null ? running(context) : List.of(one(context));
  }

  /** The one that is meant, or an error that says which there are. */
  Running one(Context context) {
    List<Running> all = running(context);
    Optional<Path> project = app == null ? project(context.directory()) : Optional.empty();
    return pick(context, all)
        .orElseThrow(() ->
            project.isPresent() && !all.isEmpty()
                ? CloudException.user(
                    "not-running",
                    "the app of this folder is not up",
                    "up are: " + names(all),
                    "Start it with `undercloud up`, or name another with --app.")
                : all.isEmpty()
                    ? CloudException.user(
                        "nothing-running",
                        "no app is up" + (app == null ? "" : " with the name " + app),
                        "nothing runs in " + context.home().root(),
                        "Start one: undercloud up DIR")
                    : CloudException.user(
                        "which-app",
                        app == null ? "several apps are up" : "no app " + app + " is up",
                        "up are: " + names(all),
                        "Name one with --app, or run this in its folder."));
  }

  /** Whether an app that is not up is meant: by name, or because we stand in its folder. */
  boolean means(Context context, Instance instance) {
    return app == null
        ? context.directory().startsWith(instance.directory())
        : instance.app().equals(app);
  }

  /** The one that is meant, where there is one. */
  Optional<Running> pick(Context context, List<Running> all) {
    List<Running> matching =
        app == null ? all : all.stream().filter(r -> r.instance().app().equals(app)).toList();
    Optional<Running> here =
        matching.stream()
            .filter(r -> context.directory().startsWith(r.instance().directory()))
            .findFirst();
    // Whoever stands in a project means that one; `stop` must not end another.
    boolean another = app == null && project(context.directory()).isPresent();
    return here.isPresent() || matching.size() != 1 || another
        ? here
        : Optional.of(matching.getFirst());
  }

  /** The nearest folder from here upwards with a file of ours in it. */
  private static Optional<Path> project(Path from) {
    for (Path at = from; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("undercloud.toml"))) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  private static String names(List<Running> all) {
    return all.stream()
        .map(r -> r.instance().app() + " (" + r.instance().directory() + ")")
        .collect(Collectors.joining(", "));
  }
}
