package dev.undercloud.control.journal;

import dev.undercloud.runtime.driver.Handle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A replica as journaled: the intent before the act, the handle after it.
 *
 * @param id its mark
 * @param process its process type; {@link #RELEASE} for the one-off release command
 * @param ordinal from 1
 * @param revision what it runs
 * @param epoch the restart it was started in
 * @param restarts of its slot by then
 * @param intended when the start was decided
 * @param handle null while only the intent is known
 */
public record ReplicaRow(
    String id,
    String process,
    int ordinal,
    long revision,
    long epoch,
    int restarts,
    Instant intended,
    @Nullable Handle handle) {
  /** Not a process type: a name that {@code ProcessSpec} refuses. */
  public static final String RELEASE = "(release)";
}
