package dev.undercloud.core.config;

import dev.undercloud.core.config.PythonScan.Place;
import dev.undercloud.core.model.BuildSpec.Installer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a project says that has to be installed.
 *
 * @param installer the format that decides
 * @param files what the environment depends on, the deciding file first
 * @param packages requirements that stand in a format pip cannot read
 * @param names normalised names of distributions, and where each is named
 * @param complete whether {@code names} can be relied on to be all that is asked for
 */
record Dependencies(
    Installer installer,
    List<String> files,
    List<String> packages,
    Map<String, Place> names,
    boolean complete) {

  Dependencies {
    files = List.copyOf(files);
    packages = List.copyOf(packages);
    names = Map.copyOf(names);
  }

  static Dependencies none() {
    return new Dependencies(Installer.NONE, List.of(), List.of(), Map.of(), true);
  }

  boolean any() {
    return installer != Installer.NONE || !packages.isEmpty();
  }

  /** Where a distribution is named; null where it is not. */
  @Nullable Place of(String distribution) {
    return names.get(normalise(distribution));
  }

  /** PEP 503: runs of dots, dashes and underscores are one dash, in lower case. */
  static String normalise(String name) {
    return name.replaceAll("[-_.]+", "-").toLowerCase(Locale.ROOT);
  }
}
