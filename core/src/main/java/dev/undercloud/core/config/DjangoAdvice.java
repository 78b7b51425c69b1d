package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.Constant;
import dev.undercloud.core.config.PythonScan.Django;
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

  /**
   * @param environment the app's: it may name other settings than the sources do
   */
  DjangoAdvice(Django django, Map<String, String> environment) {
    this.django = django;
    this.elsewhere =
        !environment.getOrDefault(VARIABLE, django.settings()).equals(django.settings());
    this.named = environment.containsKey(VARIABLE);
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
    if (django.staticApp() && !django.whitenoise() && noDebug) {
      warnings.add(
          "with DEBUG off Django serves no static files; add whitenoise to requirements.txt and to MIDDLEWARE");
    }
    Constant root = django.staticRoot();
    if (django.whitenoise() && !django.finders() && root != null && !debug) {
      warnings.add(
          "STATIC_ROOT at %s: a release is never written to, so run collectstatic before a deploy or set WHITENOISE_USE_FINDERS = True"
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
