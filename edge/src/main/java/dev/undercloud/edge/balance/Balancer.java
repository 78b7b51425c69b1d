package dev.undercloud.edge.balance;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.Balance;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the replica for an exchange, without allocation and on counts that all loops share. One
 * for each app of each loop; its loop's thread only.
 *
 * <p>What every way has in common: a replica that is out of service is passed over, unless more
 * than half are out for what they answered (then the cause is hardly theirs, and the few left would
 * only break too), or no other is left. One that has no room is never chosen.
 */
public abstract class Balancer {
  /** A request that says nothing to hash. */
  public static final long NO_KEY = 0;

  final Entropy entropy;

  Balancer(Entropy entropy) {
    this.entropy = entropy;
  }

  /**
   * As {@code policy} says.
   *
   * @param entropy of the loop
   */
  public static Balancer of(Balance.Policy policy, Entropy entropy) {
    return switch (policy) {
      case LATENCY -> new TwoChoices(entropy);
      case ROUND_ROBIN -> new RoundRobin(entropy);
      case LEAST_REQUESTS -> new LeastRequests(entropy);
      case HASH -> new ConsistentHash(entropy);
    };
  }

  /**
   * Chooses.
   *
   * @param key a hash of what distinguishes clients, or {@link #NO_KEY}; only for those that hash
   * @param now monotonic nanoseconds
   * @return null where there is none, all were tried, or those left have no room
   */
  public final <C extends Choice> @Nullable C choose(C[] choices, long key, long now) {
    if (choices.length == 1) {
      C only = choices[0];
      return only.tried() || !only.hasRoom() ? null : only;
    }
    return choices.length == 0 ? null : pick(choices, key, now);
  }

  /** As {@link #choose}, of two at least. */
  abstract <C extends Choice> @Nullable C pick(C[] choices, long key, long now);

  /** Whether it may be chosen whatever the others are. */
  static boolean isFit(Choice choice, long now) {
    return choice.replica().inService(now) && !choice.tried() && choice.hasRoom();
  }

  /** Who may be chosen at this moment; what the ways that look at all replicas begin with. */
  static Reach reach(Choice[] choices, long now) {
    int out = 0;
    boolean anyIn = false;
    for (Choice choice : choices) {
      boolean in = choice.replica().inService(now);
      out += in ? 0 : 1;
      anyIn |= in && !choice.tried();
    }
    if (out == 0) {
      return Reach.IN_SERVICE;
    }
    boolean panic = out * 2 > choices.length;
    return anyIn ? panic ? Reach.PRESENT : Reach.IN_SERVICE : Reach.ANY;
  }

  /** How far to look. */
  enum Reach {
    IN_SERVICE,
    /** Those too that are out for their answers, but take connections. */
    PRESENT,
    ANY;

    boolean takes(Choice choice, long now) {
      if (choice.tried() || !choice.hasRoom()) {
        return false;
      }
      return switch (this) {
        case IN_SERVICE -> choice.replica().inService(now);
        case PRESENT -> !choice.replica().isAbsent(now);
        case ANY -> true;
      };
    }
  }

  /**
   * Whether an exchange that found no replica would have found one with more room: then it waits in
   * line, and not for a replica.
   */
  public static boolean lacksRoom(Choice[] choices) {
    for (Choice choice : choices) {
      if (!choice.tried() && !choice.hasRoom()) {
        return true;
      }
    }
    return false;
  }

  /** Exchanges in flight for its share. */
  static double load(Choice choice, long now) {
    return choice.replica().inFlight() / choice.weight(now);
  }

  /** A number in [0, 1). */
  final double chance() {
    return (entropy.nextLong() >>> 11) * 0x1p-53;
  }
}
