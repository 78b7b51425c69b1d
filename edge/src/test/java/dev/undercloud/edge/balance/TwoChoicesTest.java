package dev.undercloud.edge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoChoicesTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private final Balancer balancer = new TwoChoices(Entropy.seeded(42));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void loadIsSpreadAlmostEvenly(int n) {
    Each[] all = Each.make(n);
    for (int i = 0; i < 1_000 * n; i++) {
      balancer.choose(all, 0, 0).replica.enter();
    }
    for (Each each : all) {
      assertThat(each.replica.inFlight()).isBetween(990, 1_010);
    }
  }

  @Test
  void theBusyOneIsSpared() {
    Each[] all = Each.make(2);
    all[0].replica.enter();
    for (int i = 0; i < 100; i++) {
      assertThat(balancer.choose(all, 0, 0)).isSameAs(all[1]);
    }
  }

  @Test
  void theSlowOneGetsLessButIsNotForgotten() {
    Each[] all = Each.make(2);
    all[0].replica.took(100 * MS, 0);
    all[1].replica.took(5 * MS, 0);
    // Twenty times slower counts four times: four in flight there are as bad as one here.
    for (int inFlight = 0; inFlight < 3; inFlight++) {
      assertThat(balancer.choose(all, 0, 0)).isSameAs(all[1]);
      all[1].replica.enter();
    }
    all[1].replica.enter();
    assertThat(balancer.choose(all, 0, 0)).isSameAs(all[0]);
    // What was measured long ago says nothing.
    long later = 60 * SECOND;
    for (int i = 0; i < 4; i++) {
      all[1].replica.leave();
    }
    assertThat(Arrays.stream(shares(all, later, 4_000)).min().orElseThrow()).isGreaterThan(1_800);
  }

  @Test
  void errorsThatComeFastAttractNobody() {
    Each[] all = Each.make(2);
    all[0].replica.erred(0);
    all[1].replica.took(20 * MS, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(balancer.choose(all, 0, 0)).isSameAs(all[1]);
    }
    // And who has never answered is not taken for fast.
    Each[] others = Each.make(2);
    others[0].replica.took(50 * MS, 0);
    assertThat(Arrays.stream(shares(others, 0, 4_000)).min().orElseThrow()).isGreaterThan(1_800);
  }

  @Test
  void alikeLatenciesAreAlike() {
    Each[] all = Each.make(2);
    all[0].replica.took(19 * MS, 0);
    all[1].replica.took(10 * MS, 0);
    assertThat(Arrays.stream(shares(all, 0, 4_000)).min().orElseThrow()).isGreaterThan(1_800);
  }

  @Test
  void weightsHold() {
    Each[] all = Each.make(2);
    all[0].weight = 3;
    int[] shares = shares(all, 0, 40_000);
    assertThat(shares[0]).isBetween(29_400, 30_600);
    // And under load, what is in flight is in that relation.
    for (int i = 0; i < 4_000; i++) {
      balancer.choose(all, 0, 0).replica.enter();
    }
    assertThat(all[0].replica.inFlight()).isBetween(2_900, 3_100);
  }

  private int[] shares(Each[] all, long now, int draws) {
    int[] shares = new int[all.length];
    for (int i = 0; i < draws; i++) {
      Each chosen = balancer.choose(all, 0, now);
      for (int k = 0; k < all.length; k++) {
        shares[k] += all[k] == chosen ? 1 : 0;
      }
    }
    return shares;
  }

  @Test
  void theTriedAndTheFullArePassedOver() {
    Each[] all = Each.make(4);
    all[0].tried = true;
    all[1].room = false;
    all[2].room = false;
    for (int i = 0; i < 100; i++) {
      assertThat(balancer.choose(all, 0, 1)).isSameAs(all[3]);
    }
    all[3].room = false;
    assertThat(balancer.choose(all, 0, 1)).isNull();
    assertThat(Balancer.lacksRoom(all)).isTrue();
    all[1].tried = all[2].tried = all[3].tried = true;
    assertThat(balancer.choose(all, 0, 1)).isNull();
    assertThat(Balancer.lacksRoom(all)).isFalse();
    assertThat(balancer.choose(new Each[0], 0, 1)).isNull();
  }
}
