package dev.undercloud.edge.balance;

import dev.undercloud.core.id.Entropy;
import org.jspecify.annotations.Nullable;

/**
 * Power of two choices: of two replicas drawn by chance the one that will answer sooner, by its
 * latency and its exchanges in flight. Spreads almost as well as asking all, and does not herd when
 * counts are slightly old (Mitzenmacher 2001).
 *
 * <p>Latency counts only where one replica takes twice as long as the other: routes of one app
 * differ by more than that, and who had the slower ones lately says little. It counts at most
 * fourfold: a replica that is avoided altogether could never show that it has recovered.
 */
public final class TwoChoices extends Balancer {
  private static final long NOTABLE = 2;
  private static final double MOST = 4;

  /** Latencies below are alike: a scheduler's moods. */
  private static final long ALIKE_NANOS = 1_000_000;

  TwoChoices(Entropy entropy) {
    super(entropy);
  }

  @Override
  <C extends Choice> @Nullable C pick(C[] choices, long key, long now) {
    int n = choices.length;
    long draw = entropy.nextLong();
    int i = (int) (((draw >>> 32) * n) >>> 32);
    int j = (int) (((draw & 0xffff_ffffL) * (n - 1)) >>> 32);
    C first = choices[i];
    C second = choices[j >= i ? j + 1 : j];
    if (!isFit(first, now) || !isFit(second, now)) {
      return scan(choices, i, now);
    }
    double a = first.weight(now);
    double b = second.weight(now);
    // Both were drawn evenly: which of them has to be worse than the other follows the weights.
    boolean swap = a != b && chance() * (a + b) >= a;
    C favoured = swap ? second : first;
    C other = swap ? first : second;
    return prefers(other, favoured, now) ? other : favoured;
  }

  /** Whether {@code a} will answer clearly sooner than {@code b}. */
  private static boolean prefers(Choice a, Choice b, long now) {
    double costA = load(a, now);
    double costB = load(b, now);
    long latencyA = a.replica().latency(now);
    long latencyB = b.replica().latency(now);
    if (latencyA == 0 || latencyB == 0) {
      // Nobody knows yet which is faster.
      return costA < costB;
    }
    latencyA = Math.max(ALIKE_NANOS, latencyA);
    latencyB = Math.max(ALIKE_NANOS, latencyB);
    if (latencyA > NOTABLE * latencyB) {
      costA = (costA + 1) * Math.min(MOST, (double) latencyA / latencyB);
      costB += 1;
    } else if (latencyB > NOTABLE * latencyA) {
      costB = (costB + 1) * Math.min(MOST, (double) latencyB / latencyA);
      costA += 1;
    }
    return costA < costB;
  }

  /** The best of all that are in reach: what the draw gave was not. */
  private static <C extends Choice> @Nullable C scan(C[] choices, int from, long now) {
    Reach reach = reach(choices, now);
    C best = null;
    for (int k = 0; k < choices.length; k++) {
      C choice = choices[(from + k) % choices.length];
      if (reach.takes(choice, now) && (best == null || prefers(choice, best, now))) {
        best = choice;
      }
    }
    return best;
  }
}
