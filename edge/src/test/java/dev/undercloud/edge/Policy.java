package dev.undercloud.edge;

import dev.undercloud.core.policy.Access;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.policy.Cors;
import dev.undercloud.core.policy.Fields;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.core.policy.Mirror;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.Redirect;
import dev.undercloud.core.policy.Rewrite;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.Split;
import dev.undercloud.core.policy.TlsPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Makes rules for tests: one route after another, each with the options that follow its path. */
final class Policy {
  private final List<RouteRule> rules = new ArrayList<>();
  private String path = "";
  private List<String> hosts = List.of();
  private Set<String> methods = Set.of();
  private Map<String, String> headers = Map.of();
  private Optional<RateLimit> limit = Optional.empty();
  private Optional<Access> access = Optional.empty();
  private Optional<Redirect> redirect = Optional.empty();
  private Optional<Rewrite> rewrite = Optional.empty();
  private Optional<Fields> fields = Optional.empty();
  private Optional<Cors> cors = Optional.empty();
  private OptionalLong bodyLimit = OptionalLong.empty();
  private Optional<Mirror> mirror = Optional.empty();
  private Optional<Split> split = Optional.empty();

  static Policy route(String path) {
    return new Policy().and(path);
  }

  Policy and(String next) {
    if (!path.isEmpty()) {
      rules.add(
          new RouteRule(
              "undercloud.toml:" + rules.size(),
              path,
              hosts,
              methods,
              headers,
              new RouteOptions(
                  Optional.empty(),
                  Optional.empty(),
                  limit,
                  access,
                  redirect,
                  rewrite,
                  fields,
                  cors,
                  Optional.empty(),
                  bodyLimit,
                  mirror,
                  split)));
    }
    Policy more = new Policy();
    more.rules.addAll(rules);
    more.path = next;
    return more;
  }

  Policy hosts(String... names) {
    hosts = List.of(names);
    return this;
  }

  Policy methods(String... names) {
    methods = Set.of(names);
    return this;
  }

  Policy header(String name, String value) {
    headers = Map.of(name, value);
    return this;
  }

  Policy limit(int count, Duration period, RateLimit.By by, String header) {
    limit = Optional.of(new RateLimit(count, period, count, by, Optional.ofNullable(header)));
    return this;
  }

  Policy allow(String... blocks) {
    access = Optional.of(new Access(List.of(blocks), List.of(), Map.of(), "app"));
    return this;
  }

  Policy deny(String... blocks) {
    access = Optional.of(new Access(List.of(), List.of(blocks), Map.of(), "app"));
    return this;
  }

  Policy users(Map<String, String> users) {
    access = Optional.of(new Access(List.of(), List.of(), users, "app"));
    return this;
  }

  Policy redirect(int status, String to) {
    redirect = Optional.of(new Redirect(status, to));
    return this;
  }

  Policy rewrite(String to) {
    rewrite = Optional.of(new Rewrite(to));
    return this;
  }

  Policy fields(Fields changes) {
    fields = Optional.of(changes);
    return this;
  }

  Policy cors(Cors gate) {
    cors = Optional.of(gate);
    return this;
  }

  Policy bodyLimit(long bytes) {
    bodyLimit = OptionalLong.of(bytes);
    return this;
  }

  Policy mirror(String app, double percent) {
    mirror = Optional.of(new Mirror(app, percent));
    return this;
  }

  Policy split(String app, double percent) {
    split = Optional.of(new Split(app, percent));
    return this;
  }

  AppPolicy end() {
    return end(Ingress.DIRECT);
  }

  AppPolicy end(Ingress ingress) {
    return new AppPolicy(
        List.of(),
        Optional.empty(),
        and("").rules,
        Balance.DEFAULT,
        TlsPolicy.DEFAULT,
        Optional.empty(),
        ingress);
  }
}
