package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Constant;
import dev.undercloud.core.config.PythonScan.Django;
import dev.undercloud.core.config.PythonScan.Interface;
import dev.undercloud.core.config.PythonScan.Place;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the project's files say, for whoever decides how it runs.
 *
 * @param environment the app's variables as they are known now
 */
record Facts(Dependencies dependencies, PythonScan scan, Map<String, String> environment) {
  private static final String SUFFIX = ".py";

  /** The application object to serve: Django's, else the best one found. */
  Optional<AppObject> application() {
    Django django = scan.django();
    if (django != null) {
      Optional<AppObject> found = django(django);
      if (found.isPresent()) {
        return found;
      }
    }
    return named().or(scan::best);
  }

  /** What the environment calls the application, where the sources show it. */
  private Optional<AppObject> named() {
    return Stream.of("FLASK_APP", "QUART_APP")
        .map(environment::get)
        .filter(Objects::nonNull)
        .map(name -> object(name, new Place(name, 0), Interface.WSGI))
        .filter(scan.objects()::contains)
        .findFirst();
  }

  private Optional<AppObject> django(Django django) {
    AppObject wsgi = entry(django, Interface.WSGI, django.wsgiApplication(), django.wsgiFile());
    AppObject asgi = entry(django, Interface.ASGI, django.asgiApplication(), django.asgiFile());
    boolean asynchronous = dependencies.of("channels") != null || wsgi == null;
    boolean installed = !serversFor(Interface.WSGI) && serversFor(Interface.ASGI);
    return Optional.ofNullable(asgi != null && (asynchronous || installed) ? asgi : wsgi);
  }

  private boolean serversFor(Interface kind) {
    return Server.forInterface(kind).stream()
        .filter(server -> kind == Interface.WSGI || server != Server.GRANIAN)
        .anyMatch(server -> dependencies.of(server.distribution) != null);
  }

  private static @Nullable AppObject entry(
      Django django, Interface kind, @Nullable Constant named, @Nullable String file) {
    if (named != null && named.value() instanceof String dotted && dotted.lastIndexOf('.') > 0) {
      int dot = dotted.lastIndexOf('.');
      return new AppObject(
          dotted.substring(0, dot),
          django.root(),
          named.place(),
          dotted.substring(dot + 1),
          kind,
          "Django",
          false);
    }
    if (file == null) {
      return null;
    }
    String inside = django.root().isEmpty() ? file : file.substring(django.root().length() + 1);
    String module = inside.substring(0, inside.length() - SUFFIX.length()).replace('/', '.');
    return new AppObject(
        module, django.root(), new Place(file, 0), "application", kind, "Django", false);
  }

  /**
   * The object that a reference means: {@code hello}, {@code hello.py}, {@code src/hello.py:app},
   * {@code pkg.web:create_app()}. Where the sources do not show it, it is believed.
   */
  AppObject object(String reference, Place place, Interface guess) {
    int colon = reference.indexOf(':');
    String target = colon < 0 ? reference : reference.substring(0, colon);
    String expression = colon < 0 ? "" : reference.substring(colon + 1);
    boolean path = target.contains("/") || target.endsWith(SUFFIX);
    String file = target.endsWith(SUFFIX) ? target : target.replace('.', '/') + SUFFIX;
    String plain = name(expression);
    List<AppObject> there =
        scan.objects().stream()
            .filter(
                each -> each.place().file().equals(file) || (!path && each.module().equals(target)))
            .toList();
    Optional<AppObject> named =
        there.stream()
            .filter(each -> plain.isEmpty() || name(each.expression()).equals(plain))
            .findFirst();
    if (named.isPresent() && named.get().servable()) {
      boolean arguments = expression.contains("(") && !expression.endsWith("()");
      return arguments ? with(named.get(), expression) : named.get();
    }
    Optional<AppObject> beside = there.stream().filter(AppObject::servable).findFirst();
    if (named.isPresent() && beside.isPresent()) {
      return beside.get(); // Dash: the object runs by itself, its `server` is what WSGI needs
    }
    String module = path ? file.substring(0, file.length() - SUFFIX.length()) : target;
    int slash = path ? module.lastIndexOf('/') : -1;
    return new AppObject(
        module.substring(slash + 1),
        slash < 0 ? "" : module.substring(0, slash),
        place,
        expression.isEmpty() ? "app" : expression,
        guess,
        null,
        expression.endsWith(")"));
  }

  /** {@code create_app} of {@code create_app('x')}. */
  private static String name(String expression) {
    int call = expression.indexOf('(');
    return call < 0 ? expression : expression.substring(0, call);
  }

  private static AppObject with(AppObject object, String expression) {
    return new AppObject(
        object.module(),
        object.root(),
        object.place(),
        expression,
        object.kind(),
        object.framework(),
        true);
  }
}
