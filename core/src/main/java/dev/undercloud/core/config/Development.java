package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Interface;
import dev.undercloud.core.config.PythonScan.Main;
import dev.undercloud.core.config.PythonScan.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command that starts a server which is not meant for production, or one that cannot be told to
 * listen where the edge looks.
 *
 * @param shown {@code the development server "flask run"}
 * @param object what it serves; null where that cannot be told
 * @param warning what is lost by replacing it, or why it cannot be replaced; null for nothing
 */
record Development(String shown, @Nullable AppObject object, @Nullable String warning) {
  private static final Set<String> FLASK_VALUED = Set.of("--app", "-A", "-e", "--env-file");
  private static final Set<String> FASTAPI_VALUED =
      Set.of("--app", "--host", "--port", "--reload-dir", "--root-path", "--entrypoint", "-e");

  /** What scripts start by themselves and can be replaced, and what that serves. */
  private static final Map<String, Interface> KINDS =
      Map.of(
          "flask", Interface.WSGI,
          "werkzeug", Interface.WSGI,
          "wsgiref", Interface.WSGI,
          "bottle", Interface.WSGI,
          "waitress", Interface.WSGI,
          "quart", Interface.ASGI,
          "uvicorn", Interface.ASGI);

  /** Those of them that are not meant for production. */
  private static final Set<String> TESTING =
      Set.of("flask", "werkzeug", "wsgiref", "bottle", "quart");

  /** The development server that a command starts; empty where it starts none. */
  static Optional<Development> of(Unwrapped command, Facts facts, Place place) {
    List<String> words = PythonCall.asProgram(command.core());
    List<String> arguments = words.subList(1, words.size());
    return switch (words.getFirst()) {
      case "flask", "quart" -> flask(words, command, facts, place);
      case "fastapi" -> fastapi(words, arguments, facts, place);
      case "django-admin", "django-admin.py" -> django(words, facts);
      case "hupper", "watchmedo", "watchfiles" -> watcher(words, command, facts, place);
      default -> {
        PythonCall call = PythonCall.of(command.core());
        yield call == null
            ? Optional.empty()
            : String.valueOf(call.script()).endsWith("manage.py")
                ? django(words, facts)
                : script(call, command.core(), facts);
      }
    };
  }

  private static Optional<Development> flask(
      List<String> words, Unwrapped command, Facts facts, Place place) {
    List<String> arguments = words.subList(1, words.size());
    if (!"run".equals(Options.positional(arguments, FLASK_VALUED))) {
      return Optional.empty();
    }
    Interface kind = words.getFirst().equals("quart") ? Interface.ASGI : Interface.WSGI;
    String named = Options.value(arguments, Set.of("--app", "-A"));
    for (String variable : List.of("FLASK_APP", "QUART_APP")) {
      if (named == null) {
        named = command.environment().getOrDefault(variable, facts.environment().get(variable));
      }
    }
    AppObject object =
        named != null ? facts.object(named, place, kind) : facts.application().orElse(null);
    return Optional.of(server(words.getFirst() + " run", object));
  }

  private static Optional<Development> fastapi(
      List<String> words, List<String> arguments, Facts facts, Place place) {
    String verb = Options.positional(arguments, FASTAPI_VALUED);
    if (verb == null || !(verb.equals("dev") || verb.equals("run"))) {
      return Optional.empty();
    }
    List<String> rest = arguments.subList(arguments.indexOf(verb) + 1, arguments.size());
    String path = Options.positional(rest, FASTAPI_VALUED);
    String name = Options.value(rest, Set.of("--app"));
    AppObject object =
        path == null
            ? facts.application().orElse(null)
            : facts.object(path + (name == null ? "" : ":" + name), place, Interface.ASGI);
    return Optional.of(
        verb.equals("dev")
            ? server("fastapi dev", object)
            : new Development("`fastapi run`, which knows no Unix sockets", object, null));
  }

  private static Optional<Development> django(List<String> words, Facts facts) {
    return words.contains("runserver") || words.contains("runserver_plus")
        ? Optional.of(server("manage.py runserver", facts.application().orElse(null)))
        : Optional.empty();
  }

  /** {@code python app.py} where the source of app.py starts a server by itself. */
  private static Optional<Development> script(PythonCall call, List<String> words, Facts facts) {
    Main main = main(call, facts);
    Interface kind = main == null ? null : KINDS.get(main.server());
    if (main == null || kind == null) {
      return Optional.empty();
    }
    String shown = CommandLine.join(words);
    String what =
        TESTING.contains(main.server())
            ? "the development server that `" + shown + "` starts by " + main.call()
            : "`" + shown + "`, whose " + main.call() + " knows nothing of our socket";
    if (!main.guarded()) {
      return Optional.of(new Development(what, null, unguarded(main)));
    }
    AppObject object =
        main.reference() != null
            ? facts.object(main.reference(), main.place(), kind)
            : facts.application().orElse(null);
    String lost =
        main.more()
            ? "what else stands in the main block at %s no longer runs; put it into a Procfile line \"release: …\" or at the top of the module"
                .formatted(main.place())
            : null;
    return Optional.of(new Development(what, object, lost));
  }

  private static @Nullable Main main(PythonCall call, Facts facts) {
    if (call.script() != null) {
      return facts.scan().mains().get(call.script());
    }
    String path = String.valueOf(call.module()).replace('.', '/');
    Main plain = facts.scan().mains().get(path + ".py");
    return plain != null ? plain : facts.scan().mains().get(path + "/__main__.py");
  }

  /** Why a module cannot be served by another server: importing it never ends. */
  static String unguarded(Main main) {
    return "%s calls %s whenever the module is imported, so no other server can serve it; put the call under if __name__ == \"__main__\":"
        .formatted(main.place(), main.call());
  }

  /** A program that restarts another when files change: what it runs is looked at instead. */
  private static Optional<Development> watcher(
      List<String> words, Unwrapped command, Facts facts, Place place) {
    List<String> inner = new ArrayList<>();
    int dashes = words.indexOf("--");
    int module = words.indexOf("-m");
    if (dashes > 0) {
      inner.addAll(words.subList(dashes + 1, words.size()));
    } else if (words.getFirst().equals("hupper") && module > 0) {
      inner.add("python");
      inner.addAll(words.subList(module, words.size()));
    } else if (words.getFirst().equals("watchfiles")) {
      String text = Options.positional(words.subList(1, words.size()), Set.of("--filter"));
      if (text != null) {
        inner.addAll(List.of(text.split("\\s+")));
      }
    }
    if (inner.isEmpty()) {
      return Optional.empty();
    }
    Unwrapped bare = new Unwrapped(command.environment(), command.prefix(), List.copyOf(inner));
    Optional<Development> deeper = of(bare, facts, place);
    return deeper.isPresent()
        ? deeper
        : Optional.of(server(words.getFirst(), facts.application().orElse(null)));
  }

  private static Development server(String name, @Nullable AppObject object) {
    return new Development("the development server `" + name + "`", object, null);
  }
}
