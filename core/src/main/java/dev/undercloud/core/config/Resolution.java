package dev.undercloud.core.config;

import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.DnsPolicy;
import java.util.List;

/**
 * What a project's files add up to.
 *
 * @param spec the app, valid
 * @param policy what the edge does for it
 * @param dns what the DNS server does beside the developer's zone
 * @param settings every value with its origin, sorted by key
 * @param findings what was detected and why, most important first: the first lines of {@code up}
 * @param warnings what will work but probably not as meant, one sentence each with a remedy
 */
public record Resolution(
    AppSpec spec,
    AppPolicy policy,
    DnsPolicy dns,
    List<Setting> settings,
    List<Finding> findings,
    List<String> warnings) {
  public Resolution {
    settings = List.copyOf(settings);
    findings = List.copyOf(findings);
    warnings = List.copyOf(warnings);
  }

  /**
   * @param what {@code Flask app articles.web:app}
   * @param why {@code requirements.txt:3 names flask, app object found in articles/web.py:12}
   */
  public record Finding(String what, String why) {}
}
