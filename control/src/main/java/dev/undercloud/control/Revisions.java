package dev.undercloud.control;

import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.control.plan.Target;
import dev.undercloud.core.model.ProcessSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The revisions that anything wanted or running is of. Controller's thread only. */
final class Revisions {
  private final Map<Long, Revision> byNumber = new HashMap<>();

  void put(Revision revision) {
    byNumber.put(revision.number(), revision);
  }

  Revision known(long number) {
    Revision revision = byNumber.get(number);
    if (revision == null) {
      throw new IllegalStateException("no revision " + number);
    }
    return revision;
  }

  @Nullable Revision of(@Nullable Target target) {
    return target == null ? null : byNumber.get(target.revision());
  }

  /** What runs in a slot of a revision. */
  ProcessSpec process(long number, Slot slot) {
    Revision revision = known(number);
    ProcessSpec process = revision.spec().processes().get(slot.process());
    if (process == null) {
      throw new IllegalStateException("no process " + slot.process() + " in " + revision);
    }
    return process;
  }

  /** Forgets the revisions before {@code number} that are not {@code used}. */
  void forgetBefore(long number, LongPredicate used) {
    byNumber.keySet().removeIf(one -> one < number && !used.test(one));
  }
}
