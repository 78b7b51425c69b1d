package dev.undercloud.edge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.edge.balance.Breaker.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What holds for an app as a whole: retry budget, circuit breaker, whose turn it is. */
class ServiceTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aTenthMayBeSentAgainAndAFewInAnyCase() {
    RetryBudget budget = new RetryBudget(0);
    assertThat(taken(budget, 10, 0)).isEqualTo(100);
    budget.came(5_000, 3 * SECOND);
    assertThat(taken(budget, 10, 3 * SECOND)).isEqualTo(500);
    assertThat(budget.take(10, 9 * SECOND)).isFalse();
    // The first hundred were ten seconds ago, then the rest.
    assertThat(taken(budget, 10, 10 * SECOND)).isEqualTo(100);
    assertThat(taken(budget, 10, 13 * SECOND)).isZero();
    assertThat(taken(budget, 10, 20 * SECOND)).isEqualTo(100);
    assertThat(budget.take(0, 60 * SECOND)).isFalse();
  }

  private static int taken(RetryBudget budget, int percent, long now) {
    int taken = 0;
    while (budget.take(percent, now)) {
      taken++;
    }
    return taken;
  }

  private static Breaker open(long at) {
    Breaker breaker = new Breaker(at - SECOND);
    breaker.came(55, at - SECOND);
    for (int i = 0; i < 49; i++) {
      assertThat(breaker.failed(at - SECOND, false)).isZero();
    }
    assertThat(breaker.enter(at)).isEqualTo(Verdict.PASS);
    assertThat(breaker.failed(at, false)).isEqualTo(Duration.ofSeconds(1));
    return breaker;
  }

  @Test
  void aServiceThatFailsAltogetherIsNotAskedForAWhile() {
    Breaker breaker = open(SECOND);
    assertThat(breaker.enter(SECOND)).isEqualTo(Verdict.REFUSE);
    assertThat(breaker.enter(2 * SECOND - 1)).isEqualTo(Verdict.REFUSE);
    assertThat(breaker.retryAfter(SECOND + 1)).isEqualTo(1);
    // Half open: one is let through.
    assertThat(breaker.enter(2 * SECOND)).isEqualTo(Verdict.PROBE);
    assertThat(breaker.enter(2 * SECOND)).isEqualTo(Verdict.REFUSE);
    // Old failures that only now come to an end say nothing.
    assertThat(breaker.failed(2 * SECOND, false)).isZero();
    assertThat(breaker.failed(2 * SECOND, true)).isEqualTo(Duration.ofSeconds(2));
    assertThat(breaker.enter(3 * SECOND)).isEqualTo(Verdict.REFUSE);
    // A client that goes away with the probe leaves the next one to be it.
    assertThat(breaker.enter(4 * SECOND)).isEqualTo(Verdict.PROBE);
    breaker.gone();
    assertThat(breaker.enter(4 * SECOND)).isEqualTo(Verdict.PROBE);
    breaker.answered();
    assertThat(breaker.enter(4 * SECOND)).isEqualTo(Verdict.PASS);
    assertThat(breaker.failed(4 * SECOND, false)).isZero();
  }

  @Test
  void itsTimeGrowsToHalfAMinute() {
    Breaker breaker = open(SECOND);
    long now = SECOND;
    for (int seconds : new int[] {2, 4, 8, 16, 30, 30, 30}) {
      now += 30 * SECOND;
      assertThat(breaker.enter(now)).isEqualTo(Verdict.PROBE);
      assertThat(breaker.failed(now, true)).isEqualTo(Duration.ofSeconds(seconds));
    }
    breaker.reset();
    assertThat(breaker.enter(now)).isEqualTo(Verdict.PASS);
  }

  @Test
  void whatOnlyPartlyFailsIsAsked() {
    Breaker partly = new Breaker(0);
    partly.came(1_000, 0);
    for (int i = 0; i < 899; i++) {
      assertThat(partly.failed(i * SECOND / 100, false)).isZero();
    }
    Breaker briefly = new Breaker(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(briefly.failed(SECOND - 1, false)).isZero();
    }
    Breaker rarely = new Breaker(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(rarely.failed(i * SECOND, false)).isZero();
    }
  }

  @Test
  void freePlacesGoToLoopsAsTheirLinesAreLong() {
    Service service = new Service(0);
    int[] turns = new int[3];
    Service.Part[] parts = new Service.Part[3];
    for (int i = 0; i < 3; i++) {
      int length = i * 10;
      parts[i] = () -> length;
      service.join(parts[i]);
    }
    Entropy entropy = Entropy.seeded(3);
    for (int i = 0; i < 3_000; i++) {
      turns[java.util.List.of(parts).indexOf(service.next(entropy))]++;
    }
    assertThat(turns[0]).isZero();
    assertThat(turns[1]).isBetween(900, 1_100);
    service.leave(parts[1]);
    service.leave(parts[2]);
    assertThat(service.next(entropy)).isNull();
  }
}
