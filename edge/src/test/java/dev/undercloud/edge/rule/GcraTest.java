package dev.undercloud.edge.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GcraTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private final Hash hash = new Hash(1, 2);
  private final Gcra.Reading reading = new Gcra.Reading();

  private boolean take(Gcra gcra, long client, long now) {
    gcra.take(hash.of(client), now, reading);
    return reading.allowed;
  }

  @Test
  void aBurstThenTheRate() {
    Gcra gcra = new Gcra(5, Duration.ofMinutes(1), 5, Gcra.CLIENTS);
    long now = 1_000 * SECOND;
    for (int i = 0; i < 5; i++) {
      assertThat(take(gcra, 7, now)).isTrue();
      assertThat(reading.remaining).isEqualTo(4 - i);
    }
    assertThat(take(gcra, 7, now)).isFalse();
    assertThat(reading.retrySeconds).isBetween(11L, 12L);
    assertThat(reading.resetSeconds).isEqualTo(60);
    assertThat(take(gcra, 8, now)).as("another client").isTrue();
    assertThat(take(gcra, 7, now + 11 * SECOND)).isFalse();
    assertThat(take(gcra, 7, now + 12 * SECOND + SECOND / 5)).isTrue();
    assertThat(take(gcra, 7, now + 12 * SECOND + SECOND / 5)).isFalse();
    assertThat(take(gcra, 7, now + 3600 * SECOND)).isTrue();
    assertThat(reading.remaining).as("no more than a burst is saved").isEqualTo(4);
  }

  /** In any time t no more than burst + rate * t pass, and a patient client gets its rate. */
  @Test
  void neverMoreThanAllowedAndNeverMuchLess() {
    long seed = new java.security.SecureRandom().nextLong();
    Random random = new Random(seed);
    int[][] rates = {{1, 1}, {10, 3}, {100, 100}, {1000, 10}, {50_000, 500}};
    for (int[] rate : rates) {
      Gcra gcra = new Gcra(rate[0], Duration.ofSeconds(1), rate[1], Gcra.CLIENTS);
      long start = Math.abs(random.nextLong() >> 4);
      long passed = 0;
      long now = start;
      long step = SECOND / rate[0] / 3 + 1;
      for (int i = 0; i < 20_000; i++) {
        now += random.nextLong(2 * step);
        if (take(gcra, 1, now)) {
          passed++;
        }
        double allowed = rate[1] + (now - start) / 1e9 * rate[0];
        assertThat(passed)
            .as("seed %d, rate %d", seed, rate[0])
            .isLessThanOrEqualTo((long) allowed + 1);
      }
      assertThat(passed)
          .as("seed %d, rate %d", seed, rate[0])
          .isGreaterThan((long) ((now - start) / 1e9 * rate[0] * 0.75));
    }
  }

  @Test
  void manyAddressesTakeNoMoreMemoryAndNobodyGetsMore() {
    Gcra gcra = new Gcra(1, Duration.ofHours(1), 2, 64);
    int before = gcra.capacity();
    long now = 5 * SECOND;
    int passed = 0;
    for (int client = 0; client < 100_000; client++) {
      if (take(gcra, client, now)) {
        passed++;
      }
    }
    assertThat(gcra.capacity()).isEqualTo(before).isEqualTo(64);
    assertThat(passed).as("what fits in the table, and no more").isLessThanOrEqualTo(64 * 2);
    assertThat(take(gcra, 3, now + Duration.ofHours(3).toNanos())).as("room again").isTrue();
  }

  @Test
  void loopsDoNotCountTwice() throws InterruptedException {
    Gcra gcra = new Gcra(100, Duration.ofHours(1), 100, Gcra.CLIENTS);
    AtomicInteger passed = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          Thread.ofPlatform()
              .start(() -> {
                Gcra.Reading own = new Gcra.Reading();
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                for (int i = 0; i < 1_000; i++) {
                  gcra.take(hash.of(9), SECOND, own);
                  if (own.allowed) {
                    passed.incrementAndGet();
                  }
                }
              });
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(passed.get()).isEqualTo(100);
  }
}
