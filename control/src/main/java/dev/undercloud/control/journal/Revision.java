package dev.undercloud.control.journal;

import dev.undercloud.core.model.AppSpec;
import dev.undercloud.runtime.build.Release;
import java.time.Instant;

/**
 * What one deploy made of the app: the built release and the settings it runs with. Holds the app's
 * environment, so it is kept with mode 0600 and never printed.
 *
 * @param number grows with every deploy, never reused
 * @param created when, for people
 */
public record Revision(long number, Instant created, Release release, AppSpec spec) {
  @Override
  public String toString() {
    return "revision " + number + " of " + spec.name() + ", release " + release.id();
  }
}
