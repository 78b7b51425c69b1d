package dev.undercloud.core.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to be installed before the app can run.
 *
 * @param installer the format the dependencies are written in
 * @param files the files that decide what is installed, relative to the project, in order; they and
 *     the interpreter are the key of the environment
 * @param packages requirements beyond the files, as pip reads them
 * @param pythonVersion what the project asks for, like {@code 3.12} or {@code 3.12.4}; null for any
 * @param python whether the app needs a Python interpreter at all
 * @param collect runs within each new release to gather its static files, before anything else runs
 *     there; null for none
 */
public record BuildSpec(
    Installer installer,
    List<String> files,
    List<String> packages,
    @Nullable String pythonVersion,
    boolean python,
    @Nullable Command collect) {

  /** The formats we install from. */
  public enum Installer {
    NONE,
    REQUIREMENTS,
    PYPROJECT,
    UV_LOCK,
    POETRY_LOCK,
    PIPFILE_LOCK
  }

  /** Without static files to gather. */
  public BuildSpec(
      Installer installer,
      List<String> files,
      List<String> packages,
      @Nullable String pythonVersion,
      boolean python) {
    this(installer, files, packages, pythonVersion, python, null);
  }

  public BuildSpec {
    files = List.copyOf(files);
    packages = List.copyOf(packages);
  }
}
