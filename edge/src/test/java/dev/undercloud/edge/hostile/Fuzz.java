package dev.undercloud.edge.hostile;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs generated cases. {@code -Dfuzz.cases=} and {@code -Dfuzz.seed=} choose how many and which; a
 * failure says the seed, the case and its bytes.
 */
final class Fuzz {
  /** Of each kind; with those of the codec's own package more than a million in all. */
  static final int CASES = Integer.getInteger("fuzz.cases", 400_000);

  /** Always the same where nobody asks for another: a build that fails, fails again. */
  static final long SEED = Long.getLong("fuzz.seed", 9112);

  private Fuzz() {}

  static void each(Supplier<String> maker, Consumer<String> judge) {
    for (int i = 0; i < CASES; i++) {
      String text = maker.get();
      try {
        judge.accept(text);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dfuzz.seed=" + SEED + ", case " + i + ": " + show(text), e);
      }
    }
  }

  static String show(String text) {
    return dev.undercloud.edge.http1.WireText.show(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static void require(boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(what.get());
    }
  }

  static void same(String what, Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError(what + ": " + expected + ", but " + actual);
    }
  }
}
