package dev.undercloud.core.error;

import org.jspecify.annotations.Nullable;

/** A {@link Problem} on its way to whoever can show it. Its message is the problem's sentence. */
public final class CloudException extends RuntimeException {
  private final transient Problem problem;

  public CloudException(Problem problem) {
    this(problem, null);
  }

  public CloudException(Problem problem, @Nullable Throwable cause) {
    super(problem.sentence(), cause);
    this.problem = problem;
  }

  /** The user's input is at fault. */
  public static CloudException user(String code, String what, String why, String remedy) {
    return new CloudException(new Problem(code, Problem.Kind.USER, what, null, why, remedy));
  }

  /** A resource of this machine is missing or used up. */
  public static CloudException resource(String code, String what, String why, String remedy) {
    return new CloudException(new Problem(code, Problem.Kind.RESOURCE, what, null, why, remedy));
  }

  /** Something outside of us failed: the app, a package index, another server. */
  public static CloudException external(String code, String what, String why, String remedy) {
    return new CloudException(new Problem(code, Problem.Kind.EXTERNAL, what, null, why, remedy));
  }

  public Problem problem() {
    return problem;
  }
}
