package dev.undercloud.core.id;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/** Where chance comes from. Not safe across threads unless the implementation says so. */
public interface Entropy {
  /** 64 uniformly distributed bits. */
  long nextLong();

  /** A value in [0, bound); {@code bound} must be positive. */
  default int nextInt(int bound) {
    return (int) Long.remainderUnsigned(nextLong(), bound);
  }

  /** The operating system's generator: for tokens and secrets. Safe for any thread, slow. */
  static Entropy secure() {
    SecureRandom random = new SecureRandom();
    return random::nextLong;
  }

  /**
   * A fast generator with an unpredictable seed: for ids, jitter and load balancing. One per
   * thread.
   */
  static Entropy fast() {
    return seeded(new SecureRandom().nextLong());
  }

  /** The same numbers for the same seed: for tests and simulations. One per thread. */
  static Entropy seeded(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random::nextLong;
  }
}
