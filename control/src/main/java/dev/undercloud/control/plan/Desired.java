package dev.undercloud.control.plan;

import org.jspecify.annotations.Nullable;

/**
 * What is wanted of an app.
 *
 * @param current what serves; null before the first deploy has succeeded
 * @param running whether {@link #current} is to run; false after a stop
 * @param next what a deploy is about to put in its place; null while none goes on
 * @param deadline when {@link #next} has to be healthy, in monotonic nanoseconds; without meaning
 *     while there is none
 */
public record Desired(
    @Nullable Target current, boolean running, @Nullable Target next, long deadline) {
  public static final Desired NOTHING = new Desired(null, false, null, 0);

  public Desired {
    if (running && current == null) {
      throw new IllegalArgumentException("running, but nothing to run");
    }
    if (next != null && current != null && next.revision() <= current.revision()) {
      throw new IllegalArgumentException("a deploy of an old revision: " + next.revision());
    }
  }

  public static Desired serving(Target current) {
    return new Desired(current, true, null, 0);
  }

  /** What runs now by intention; null while the app is stopped or was never deployed. */
  public @Nullable Target active() {
    return running ? current : null;
  }

  public Desired rollOut(Target target, long until) {
    return new Desired(current, running, target, until);
  }

  /** The switch: what was next serves from now on. */
  public Desired promoted() {
    if (next == null) {
      throw new IllegalStateException("nothing to promote");
    }
    return serving(next);
  }

  /** What was next is given up; what serves goes on. */
  public Desired rolledBack() {
    return new Desired(current, running, null, 0);
  }

  public Desired withCurrent(Target changed) {
    return new Desired(changed, running, next, deadline);
  }

  public Desired withRunning(boolean wanted) {
    return new Desired(current, wanted && current != null, next, deadline);
  }
}
