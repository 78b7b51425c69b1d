package dev.undercloud.edge.balance;

import dev.undercloud.core.id.Entropy;
import org.jspecify.annotations.Nullable;

/**
 * The same key goes to the same replica: weighted rendezvous hashing (Thaler and Ravishankar 1998).
 * A replica that leaves gives away its own keys only, and one that comes takes only what is its
 * share; no ring is kept, and every loop and every edge agrees. With bounded loads (Mirrokni,
 * Thorup, Zadimoghaddam 2016): a replica that has a quarter more than the average passes its keys
 * on to their next one. A request without key goes by {@link TwoChoices}.
 */
final class ConsistentHash extends Balancer {
  private static final double BOUND = 1.25;

  /** The few parallel requests of one client stay together when there is hardly any load. */
  private static final double LEAST_BOUND = 6;

  private final TwoChoices otherwise;

  ConsistentHash(Entropy entropy) {
    super(entropy);
    otherwise = new TwoChoices(entropy);
  }

  @Override
  <C extends Choice> @Nullable C pick(C[] choices, long key, long now) {
    if (key == NO_KEY) {
      return otherwise.pick(choices, key, now);
    }
    Reach reach = reach(choices, now);
    double weights = 0;
    long inFlight = 0;
    for (C choice : choices) {
      if (reach.takes(choice, now)) {
        weights += choice.weight(now);
        inFlight += choice.replica().inFlight();
      }
    }
    double perWeight = BOUND * (inFlight + 1) / weights;
    C best = null;
    C bestAny = null;
    double score = 0;
    double scoreAny = 0;
    for (C choice : choices) {
      if (!reach.takes(choice, now)) {
        continue;
      }
      double weight = choice.weight(now);
      double own = score(key, choice.replica().hash(), weight);
      if (bestAny == null || own > scoreAny) {
        bestAny = choice;
        scoreAny = own;
      }
      double most = Math.max(LEAST_BOUND, Math.ceil(perWeight * weight));
      if (choice.replica().inFlight() < most && (best == null || own > score)) {
        best = choice;
        score = own;
      }
    }
    return best == null ? bestAny : best;
  }

  /** Highest wins; a weight twice as high wins twice as often. */
  static double score(long key, long replica, double weight) {
    double uniform = ((Keys.mix(key ^ replica) >>> 11) + 0.5) * 0x1p-53;
    return -weight / Math.log(uniform);
  }
}
