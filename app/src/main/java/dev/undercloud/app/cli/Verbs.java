package dev.undercloud.app.cli;

import java.util.List;

/** Every verb there is, in the order of the help. */
final class Verbs {
  private Verbs() {}

  static List<Object> all(Context context) {
    return List.of(
        new UpVerb(context),
        new StatusVerb(context),
        new PsVerb(context),
        new LogsVerb(context),
        new RequestsVerb(context),
        new WhyVerb(context),
        new DeployVerb(context),
        new RestartVerb(context),
        new ScaleVerb(context),
        new StopVerb(context),
        new ConfigVerb(context),
        new DoctorVerb(context));
  }
}
