package dev.undercloud.edge.balance;

import dev.undercloud.core.id.Entropy;
import org.jspecify.annotations.Nullable;

/**
 * Power of two choices: of two replicas drawn by chance the one with fewer exchanges in flight.
 * Spreads almost as well as asking all, and does not herd when counts are slightly old
 * (Mitzenmacher 2001). Replicas that are out of service are passed over, unless all are: then any
 * is better than none.
 */
public final class TwoChoices {
  private TwoChoices() {}

  /** What is chosen from: the per-loop side of a replica. */
  public interface Choice {
    Replica replica();

    /** Whether this exchange has failed there already. */
    boolean tried();
  }

  /**
   * Chooses, without allocation.
   *
   * @param now monotonic nanoseconds
   * @return null where there is none, or all were tried
   */
  public static <C extends Choice> @Nullable C choose(C[] choices, Entropy entropy, long now) {
    int n = choices.length;
    if (n == 0) {
      return null;
    }
    if (n == 1) {
      return choices[0].tried() ? null : choices[0];
    }
    long draw = entropy.nextLong();
    int i = (int) (((draw >>> 32) * n) >>> 32);
    int j = (int) (((draw & 0xffff_ffffL) * (n - 1)) >>> 32);
    C first = choices[i];
    C second = choices[j >= i ? j + 1 : j];
    boolean firstUp = usable(first, now);
    boolean secondUp = usable(second, now);
    if (firstUp && secondUp) {
      return first.replica().inFlight() <= second.replica().inFlight() ? first : second;
    }
    return firstUp ? first : secondUp ? second : scan(choices, i, now);
  }

  private static boolean usable(Choice choice, long now) {
    return choice.replica().inService(now) && !choice.tried();
  }

  /** The least busy of all that are usable; where none is, of all that were not tried. */
  private static <C extends Choice> @Nullable C scan(C[] choices, int from, long now) {
    C best = null;
    boolean bestUp = false;
    for (int k = 0; k < choices.length; k++) {
      C choice = choices[(from + k) % choices.length];
      if (choice.tried()) {
        continue;
      }
      boolean up = choice.replica().inService(now);
      if (best == null
          || up && !bestUp
          || up == bestUp && choice.replica().inFlight() < best.replica().inFlight()) {
        best = choice;
        bestUp = up;
      }
    }
    return best;
  }
}
