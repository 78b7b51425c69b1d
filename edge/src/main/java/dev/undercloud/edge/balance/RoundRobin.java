package dev.undercloud.edge.balance;

import dev.undercloud.core.id.Entropy;
import org.jspecify.annotations.Nullable;

/**
 * Each in turn, as often as its weight says and spread evenly (nginx's smooth weighted round
 * robin). Begins at a place of chance: loops, and tables that come often, do not all begin with the
 * same replica.
 */
final class RoundRobin extends Balancer {
  private double[] credit = {};

  RoundRobin(Entropy entropy) {
    super(entropy);
  }

  @Override
  <C extends Choice> @Nullable C pick(C[] choices, long key, long now) {
    if (credit.length != choices.length) {
      begin(choices.length);
    }
    Reach reach = reach(choices, now);
    double total = 0;
    int best = -1;
    for (int i = 0; i < choices.length; i++) {
      if (reach.takes(choices[i], now)) {
        double weight = choices[i].weight(now);
        total += weight;
        credit[i] += weight;
        if (best < 0 || credit[i] > credit[best]) {
          best = i;
        }
      }
    }
    if (best < 0) {
      return null;
    }
    credit[best] -= total;
    return choices[best];
  }

  private void begin(int n) {
    credit = new double[n];
    for (int i = 0; i < n; i++) {
      credit[i] = chance();
    }
  }
}
