package dev.undercloud.edge.balance;

import dev.undercloud.core.id.Entropy;
import org.jspecify.annotations.Nullable;

/**
 * Of all replicas the one with the fewest exchanges in flight for its weight; of several such, one
 * by chance and weight.
 */
final class LeastRequests extends Balancer {
  LeastRequests(Entropy entropy) {
    super(entropy);
  }

  @Override
  <C extends Choice> @Nullable C pick(C[] choices, long key, long now) {
    Reach reach = reach(choices, now);
    C best = null;
    double least = 0;
    double alike = 0;
    for (C choice : choices) {
      if (!reach.takes(choice, now)) {
        continue;
      }
      double load = load(choice, now);
      double weight = choice.weight(now);
      if (best == null || load < least) {
        best = choice;
        least = load;
        alike = weight;
      } else if (load == least) {
        alike += weight;
        if (chance() * alike < weight) {
          best = choice;
        }
      }
    }
    return best;
  }
}
