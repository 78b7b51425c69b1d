package dev.undercloud.control;

import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.plan.Desired;
import dev.undercloud.control.plan.Observed;
import dev.undercloud.core.error.Problem;
import org.jspecify.annotations.Nullable;

/**
 * One moment of the controller, for any thread to read.
 *
 * @param current the revision that serves, or served before a stop
 * @param next the revision being rolled out
 * @param rollout how the latest rollout ended; null while none has
 * @param aborted why the latest restart ended early; null where none did
 */
record State(
    Desired desired,
    Observed observed,
    @Nullable Revision current,
    @Nullable Revision next,
    @Nullable End rollout,
    @Nullable Problem aborted) {
  static final State EMPTY = new State(Desired.NOTHING, Observed.NOTHING, null, null, null, null);

  /**
   * @param problem null where it was promoted
   */
  record End(long revision, @Nullable Problem problem) {}
}
