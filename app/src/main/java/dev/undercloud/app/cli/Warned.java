package dev.undercloud.app.cli;

import dev.undercloud.app.up.Neighbourhood;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.model.AppSpec;
import java.util.ArrayList;
import java.util.List;

/** What a project's files add up to, and what of it will not work beside what runs here now. */
final class Warned {
  private Warned() {}

  static Resolution of(Resolution files, Context context) {
    AppSpec spec = files.spec();
    List<String> all = new ArrayList<>(files.warnings());
    all.addAll(new Neighbourhood(context.home()).notes(spec.name(), spec.hosts(), files.policy()));
    return new Resolution(
        files.spec(),
        files.policy(),
        files.dns(),
        files.settings(),
        files.findings(),
        List.copyOf(all));
  }
}
