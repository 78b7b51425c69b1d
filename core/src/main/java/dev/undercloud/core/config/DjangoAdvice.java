package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.Constant;
import dev.undercloud.core.config.PythonScan.Django;
import dev.undercloud.core.config.PythonScan.StaticFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a Django project needs before and while it serves, as its settings tell. */
final class DjangoAdvice {
  private static final String VARIABLE = "DJANGO_SETTINGS_MODULE";

  private final Django django;
  private final boolean elsewhere;
  private final boolean named;
  private final boolean collects;

  /**
   * @param environment the app's: it may name other settings than the sources do
   */
  DjangoAdvice(Django django, Map<String, String> environment) {
    this.django = django;
    this.elsewhere =
        !environment.getOrDefault(VARIABLE, django.settings()).equals(django.settings());
    this.named = environment.containsKey(VARIABLE);
    this.collects = environment.getOrDefault("DISABLE_COLLECTSTATIC", "").matches("|0|false");
  }

  /** Migrations, once a release, where there is anything to migrate. */
  Optional<Sourced<List<String>>> release() {
    if (django.migrations() == null && !django.contrib()) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>(List.of("python", manage(), "migrate", "--noinput"));
    if (!named && !django.settings().equals(django.manageSettings())) {
      words.add("--settings=" + django.settings());
    }
    String why =
        django.migrations() != null
            ? django.migrations() + " has migrations"
            : "django.contrib apps have migrations";
    return Optional.of(
        new Sourced<>(List.copyOf(words), django.manage().file(), django.manage().line(), why));
  }

  /** Gathers static files into STATIC_ROOT, where that is a folder of the release's own. */
  Optional<Sourced<List<String>>> collect() {
    StaticFolder folder = collected().orElse(null);
    if (folder == null || !django.staticApp() || !collects) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>(List.of("python", manage(), "collectstatic", "--noinput"));
    if (!named && !django.settings().equals(django.manageSettings())) {
      words.add("--settings=" + django.settings());
    }
    return Optional.of(
        new Sourced<>(
            List.copyOf(words),
            folder.place().file(),
            folder.place().line(),
            "STATIC_ROOT is set; DISABLE_COLLECTSTATIC=1 leaves it out"));
  }

  /** Where its static files are, and where they are asked for. */
  Optional<StaticFolder> collected() {
    return elsewhere ? Optional.empty() : Optional.ofNullable(django.collected());
  }

  List<String> warnings(String host) {
    List<String> warnings = new ArrayList<>();
    if (elsewhere) {
      return warnings;
    }
    boolean debug = django.debug() != null && Boolean.TRUE.equals(django.debug().value());
    boolean noDebug = django.debug() == null || Boolean.FALSE.equals(django.debug().value());
    Constant allowed = django.allowedHosts();
    if (allowed != null && allowed.value() instanceof List<?> hosts && !allowed(hosts, host)) {
      boolean open = hosts.isEmpty() && !noDebug;
      if (!open) {
        warnings.add(
            "ALLOWED_HOSTS at %s has no %s, so Django answers 400 to it; add \".localhost\""
                .formatted(allowed.place(), host));
      }
    }
    Constant root = django.staticRoot();
    boolean served = collected().isPresent() || django.whitenoise() && django.finders();
    if (django.staticApp() && !served && root == null && (noDebug || django.whitenoise())) {
      warnings.add(
          "with DEBUG off Django serves no static files; set STATIC_ROOT = BASE_DIR / \"staticfiles\", and they are collected at a deploy and served by the edge");
    }
    if (django.whitenoise() && !served && root != null && !debug) {
      warnings.add(
          "STATIC_ROOT at %s cannot be told from the source, so nothing is collected into it; write it as BASE_DIR / \"staticfiles\", or set WHITENOISE_USE_FINDERS = True"
              .formatted(root.place()));
    }
    return warnings;
  }

  private String manage() {
    return django.manage().file();
  }

  /**
   * As Django compares: {@code .localhost} means the domain and all below, {@code *} everything.
   */
  private static boolean allowed(List<?> hosts, String host) {
    return hosts.stream()
        .map(each -> String.valueOf(each).toLowerCase(Locale.ROOT))
        .anyMatch(each ->
            each.equals("*")
                || each.equals(host)
                || (each.startsWith(".")
                    && (host.endsWith(each) || host.equals(each.substring(1)))));
  }
}
