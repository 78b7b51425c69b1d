package dev.undercloud.core.config;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.TlsPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what the edge does for the app: routes, balance, TLS and what stands in front. */
final class PolicyReader {
  /** Where certificates come from unless another authority is named. */
  private static final String LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

  private final OwnConfig own;
  private final Settings settings;
  private final Errors errors;
  private final RuleFiles files;

  PolicyReader(Project project, Settings settings, Errors errors) {
    own = project.own();
    this.settings = settings;
    this.errors = errors;
    files = new RuleFiles(project.directory(), errors);
  }

  /**
   * @param app the app's name
   * @param served whether there is a web process, whose balance is worth telling
   * @param inFlight what one replica takes at once, unless the user says so
   */
  AppPolicy read(String app, boolean served, int inFlight) {
    return new AppPolicy(
        List.of(),
        Optional.empty(),
        routes(app),
        served ? balance(inFlight) : Balance.DEFAULT,
        tls(),
        Optional.empty(),
        ingress());
  }

  private List<RouteRule> routes(String app) {
    Sourced<Integer> count = own.get("routes", Integer.class);
    List<RouteRule> rules = new ArrayList<>();
    for (int i = 0; count != null && i < count.value(); i++) {
      String table = "routes[" + i + "]";
      new RouteReader(own, errors, files, app, i).read().ifPresent(rules::add);
      own.below(table)
          .forEach((key, value) -> {
            boolean secret = key.startsWith("basic_auth.");
            settings.add(
                table + "." + key,
                value,
                secret ? Settings.hidden(String.valueOf(value.value())) : value.value());
          });
    }
    return rules;
  }

  private Balance balance(int inFlight) {
    Balance otherwise = Balance.DEFAULT;
    String policy =
        told("web.balance", otherwise.policy().name().toLowerCase(Locale.ROOT), String.class);
    Sourced<String> sticky = own.get("web.sticky", String.class);
    settings.add("web.sticky", sticky == null ? Sourced.byDefault("none") : sticky);
    return new Balance(
        Balance.Policy.valueOf(policy.toUpperCase(Locale.ROOT)),
        told("web.hash_by", otherwise.hashBy(), String.class),
        Optional.ofNullable(sticky).map(Sourced::value),
        told("web.slow_start", otherwise.slowStart(), Duration.class),
        told("web.in_flight", inFlight, Integer.class),
        told("web.queue", otherwise.queue(), Integer.class),
        told("web.queue_timeout", otherwise.queueTimeout(), Duration.class),
        told("web.retry_percent", otherwise.retryPercent(), Integer.class));
  }

  private TlsPolicy tls() {
    Sourced<String> certificate = own.get("tls.certificate", String.class);
    Sourced<String> key = own.get("tls.key", String.class);
    if (certificate != null && key == null) {
      errors.at(certificate, "tls.certificate", "needs its private key in tls.key");
    }
    if (key != null && certificate == null) {
      errors.at(key, "tls.key", "needs the certificate it belongs to in tls.certificate");
    }
    Optional<Path> certificateFile = file("tls.certificate", "from the local authority");
    Optional<Path> keyFile = file("tls.key", null);
    boolean whole = certificateFile.isPresent() && keyFile.isPresent();
    return new TlsPolicy(
        whole ? certificateFile : Optional.empty(),
        whole ? keyFile : Optional.empty(),
        file("tls.client_ca", null),
        told("tls.redirect", false, Boolean.class),
        told("tls.hsts", Duration.ZERO, Duration.class),
        acme());
  }

  private Optional<Path> file(String key, @Nullable String otherwise) {
    Sourced<String> named = own.get(key, String.class);
    if (named == null) {
      if (otherwise != null) {
        settings.add(key, Sourced.byDefault(otherwise));
      }
      return Optional.empty();
    }
    settings.add(key, named);
    return files.file(named, key);
  }

  private Optional<TlsPolicy.Acme> acme() {
    Sourced<?> any = own.any("tls.acme");
    if (any == null) {
      return Optional.empty();
    }
    Sourced<List<String>> names = own.list("tls.acme.names");
    String challenge = told("tls.acme.challenge", "http-01", String.class);
    if (names == null || names.value().isEmpty()) {
      errors.at(any, "tls.acme", "says no names; certificates are ordered for named hosts only");
      return Optional.empty();
    }
    settings.add("tls.acme.names", names);
    if (names.value().stream().anyMatch(n -> n.startsWith("*.")) && !challenge.equals("dns-01")) {
      errors.at(names, "tls.acme.names", "a wildcard needs challenge = \"dns-01\"");
    }
    return Optional.of(
        new TlsPolicy.Acme(
            told("tls.acme.directory", LETS_ENCRYPT, String.class),
            names.value(),
            told("tls.acme.email", "", String.class),
            challenge));
  }

  private Ingress ingress() {
    Sourced<List<String>> trusted = own.list("edge.trusted_proxies");
    settings.add("edge.trusted_proxies", trusted == null ? Sourced.byDefault("none") : trusted);
    boolean protocol = told("edge.proxy_protocol", false, Boolean.class);
    List<String> blocks = trusted == null ? List.of() : trusted.value();
    Sourced<?> said = own.any("edge.proxy_protocol");
    if (protocol && blocks.isEmpty() && said != null) {
      errors.at(
          said,
          "edge.proxy_protocol",
          "needs edge.trusted_proxies: anybody could claim any address");
      return Ingress.DIRECT;
    }
    return new Ingress(blocks, protocol);
  }

  private <T> T told(String key, T otherwise, Class<T> type) {
    Sourced<T> said = own.get(key, type);
    Sourced<T> value = said != null ? said : Sourced.byDefault(otherwise);
    settings.add(key, value);
    return value.value();
  }
}
