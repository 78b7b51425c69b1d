package dev.undercloud.core.policy;

import java.util.Map;

/**
 * The rules of every app, swapped as one reference.
 *
 * @param version grows with every publication
 * @param apps by name; an app that is missing has {@link AppPolicy#NONE}
 */
public record EdgePolicies(long version, Map<String, AppPolicy> apps) {
  public static final EdgePolicies NONE = new EdgePolicies(0, Map.of());

  public EdgePolicies {
    apps = Map.copyOf(apps);
  }

  public AppPolicy of(String app) {
    return apps.getOrDefault(app, AppPolicy.NONE);
  }
}
