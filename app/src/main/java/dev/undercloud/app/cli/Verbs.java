package dev.undercloud.app.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Every verb there is, in the order of the help. */
final class Verbs {
  private static final Map<String, Function<Context, Object>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("up", UpVerb::new);
    ALL.put("status", StatusVerb::new);
    ALL.put("ps", PsVerb::new);
    ALL.put("logs", LogsVerb::new);
    ALL.put("requests", RequestsVerb::new);
    ALL.put("why", WhyVerb::new);
    ALL.put("deploy", DeployVerb::new);
    ALL.put("reload", ReloadVerb::new);
    ALL.put("maintenance", MaintenanceVerb::new);
    ALL.put("cache", CacheVerb::new);
    ALL.put("dns", DnsVerb::new);
    ALL.put("restart", RestartVerb::new);
    ALL.put("scale", ScaleVerb::new);
    ALL.put("stop", StopVerb::new);
    ALL.put("trust", TrustVerb::new);
    ALL.put("config", ConfigVerb::new);
    ALL.put("doctor", DoctorVerb::new);
  }

  private Verbs() {}

  /**
   * The verbs that a command line can mean: the one it begins with, else all. Reading the
   * annotations of one class instead of a dozen is a noticeable part of a short command.
   */
  static Map<String, Function<Context, Object>> of(String[] arguments) {
    Function<Context, Object> named = arguments.length == 0 ? null : ALL.get(arguments[0]);
    return named == null ? ALL : Map.of(arguments[0], named);
  }
}
