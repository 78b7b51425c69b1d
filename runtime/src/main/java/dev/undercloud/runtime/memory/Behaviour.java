package dev.undercloud.runtime.memory;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.driver.Exit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica in memory does when it is started.
 *
 * @param refusal thrown by the start; null for one that works
 * @param startTakes how long the start blocks
 * @param lines printed at once
 * @param exit how it ends after that; null for one that runs until it is stopped
 * @param ignoresTermination whether only the end of the grace stops it
 */
public record Behaviour(
    @Nullable CloudException refusal,
    Duration startTakes,
    List<String> lines,
    @Nullable Exit exit,
    boolean ignoresTermination) {

  public Behaviour {
    lines = List.copyOf(lines);
  }

  /** Runs until it is stopped. */
  public static Behaviour runs() {
    return new Behaviour(null, Duration.ZERO, List.of(), null, false);
  }

  /** Cannot be started. */
  public static Behaviour refuses(CloudException why) {
    return new Behaviour(why, Duration.ZERO, List.of(), null, false);
  }

  /** Cannot be started, for whatever reason. */
  public static Behaviour refuses(String why) {
    return refuses(
        CloudException.resource("start-failed", "the replica cannot be started", why, "try again"));
  }

  /** Prints and ends by itself. */
  public static Behaviour exits(int code, String... lines) {
    Exit exit = new Exit(code, 0, false, "exit code " + code);
    return new Behaviour(null, Duration.ZERO, List.of(lines), exit, false);
  }

  /** The same, after a start that takes its time. */
  public Behaviour after(Duration wait) {
    return new Behaviour(refusal, wait, lines, exit, ignoresTermination);
  }

  /** The same, deaf to SIGTERM. */
  public Behaviour ignoringTermination() {
    return new Behaviour(refusal, startTakes, lines, exit, true);
  }
}
