package dev.undercloud.runtime.process;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The reasons for which a replica is not started, in words. */
final class Refusals {
  private Refusals() {}

  static CloudException notFound(ReplicaSpec spec, String program) {
    return problem(
        "command-not-found",
        Problem.Kind.USER,
        spec,
        program.indexOf('/') >= 0
            ? "there is no file " + program
            : "command not found: " + program + " is in no folder of the app's PATH",
        "Add the package that has it to the app's requirements, or name another command.",
        null);
  }

  static CloudException notExecutable(ReplicaSpec spec, String program) {
    return problem(
        "command-not-executable",
        Problem.Kind.USER,
        spec,
        program + " may not be executed",
        "Make it executable with `chmod +x`, or start it by its interpreter.",
        null);
  }

  static CloudException noTool(ReplicaSpec spec, String tool) {
    return problem(
        "tool-missing",
        Problem.Kind.RESOURCE,
        spec,
        "this host has no " + tool,
        "Install util-linux.",
        null);
  }

  static CloudException failed(ReplicaSpec spec, IOException cause) {
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return problem(
        "start-failed",
        Problem.Kind.RESOURCE,
        spec,
        cause.getClass().getSimpleName() + ": " + why,
        "`undercloud doctor` says what this host lacks.",
        cause);
  }

  static CloudException unusable(ReplicaSpec spec, String why, String remedy) {
    return problem("start-refused", Problem.Kind.RESOURCE, spec, why, remedy, null);
  }

  private static CloudException problem(
      String code,
      Problem.Kind kind,
      ReplicaSpec spec,
      String why,
      String remedy,
      @Nullable Throwable cause) {
    String what = "`" + spec.command().text() + "` cannot be started";
    return new CloudException(
        new Problem(code, kind, what, spec.app() + " " + spec.replica(), why, remedy), cause);
  }
}
