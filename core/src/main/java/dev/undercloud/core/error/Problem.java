package dev.undercloud.core.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure in words: what failed, where, why, and what to do next. Immutable.
 *
 * @param code stable, kebab-case, documented in docs/errors.md; what scripts match on
 * @param kind whose doing it is; decides exit code and whether a retry can help
 * @param what what did not work, in one sentence without a full stop
 * @param where the file:line, address or replica it happened at; null where there is no place
 * @param why the cause, in words
 * @param remedy what the reader should do next; never empty
 */
public record Problem(
    String code, Kind kind, String what, @Nullable String where, String why, String remedy) {

  /** Whose doing a problem is. */
  public enum Kind {
    /** The user's input: fix it and try again. */
    USER(2),
    /** A limit or a missing resource of this machine. */
    RESOURCE(3),
    /** Something outside of us: the app, a package index, another server. */
    EXTERNAL(4),
    /** Our own fault. */
    INTERNAL(70);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The process exit code of a command that ends with such a problem; never 0. */
    public int exitCode() {
      return exitCode;
    }
  }

  public Problem {
    Objects.requireNonNull(kind);
    if (!code.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException("problem code is not kebab-case: " + code);
    }
    if (what.isBlank() || remedy.isBlank()) {
      throw new IllegalArgumentException("a problem says what failed and what to do: " + code);
    }
  }

  /** One line for a terminal or a log: {@code what (where): why. remedy}. */
  public String sentence() {
    return what + (where == null ? "" : " (" + where + ")") + ": " + why + ". " + remedy;
  }
}
