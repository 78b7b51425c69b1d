package dev.undercloud.edge.balance;

import dev.undercloud.edge.balance.Replica.Ejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds replicas that answer, but fail far more often than the others of their app: with gateway
 * errors (502, 503, 504), resets or timeouts. Decides on the counts of one window.
 */
public final class Outliers {
  /** Fewer answers than this say nothing about a share. */
  private static final int LEAST_ANSWERS = 20;

  /** A replica below this is not worth losing its capacity. */
  private static final double LEAST_SHARE = 0.2;

  /** How much more often than all others together: chance does not do that to 20 answers. */
  private static final double TIMES_THE_REST = 4;

  private Outliers() {}

  /**
   * One replica's answers in a window.
   *
   * @param answered all, the failing ones included
   */
  public record Tally(long answered, long failing) {
    public Tally {
      if (failing > answered || failing < 0) {
        throw new IllegalArgumentException("more failing than answered");
      }
    }
  }

  /** A replica that was put out, and for how long. */
  public record Ejected(Replica replica, Duration time, long percent) {}

  /**
   * Judges the window that ends now, and begins another. Never puts out so many that more than half
   * would be out.
   */
  public static List<Ejected> judge(List<Replica> replicas, long now, Ejection rule) {
    List<Tally> tallies = new ArrayList<>();
    int out = 0;
    for (Replica replica : replicas) {
      tallies.add(replica.tally());
      out += replica.inService(now) ? 0 : 1;
    }
    List<Ejected> ejected = new ArrayList<>();
    for (int i = 0; i < replicas.size(); i++) {
      Replica replica = replicas.get(i);
      if (!isOutlier(tallies, i)) {
        replica.isLikeOthers(now);
      } else if (replica.inService(now) && (out + 1) * 2 <= replicas.size()) {
        out++;
        long percent = 100 * tallies.get(i).failing() / tallies.get(i).answered();
        ejected.add(new Ejected(replica, replica.ejectOutlier(now, rule), percent));
      }
    }
    return ejected;
  }

  /** Whether the one at {@code i} fails often, and far more often than the rest. */
  static boolean isOutlier(List<Tally> tallies, int i) {
    Tally own = tallies.get(i);
    if (own.answered() < LEAST_ANSWERS) {
      return false;
    }
    long answered = 0;
    long failing = 0;
    for (int k = 0; k < tallies.size(); k++) {
      answered += k == i ? 0 : tallies.get(k).answered();
      failing += k == i ? 0 : tallies.get(k).failing();
    }
    if (answered < LEAST_ANSWERS) {
      return false;
    }
    double share = (double) own.failing() / own.answered();
    return share >= LEAST_SHARE && share >= TIMES_THE_REST * failing / answered;
  }
}
