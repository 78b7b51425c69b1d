package dev.undercloud.edge.proxy;

import org.jspecify.annotations.Nullable;

/** Something with a deadline: a node of a {@link Wheel}'s lists. */
abstract class Timed {
  static final long NEVER = Long.MAX_VALUE;

  @Nullable Timed previous;
  @Nullable Timed next;

  /** The wheel's slot it is linked into, -1 where it is not. */
  int slot = -1;

  /** When the wheel looks at it next. Never after {@link #deadline}, often before. */
  long visit = NEVER;

  /** Monotonic nanoseconds. */
  long deadline = NEVER;

  /** The deadline has passed; it is unlinked and may be set again. */
  abstract void expired(long now);
}
