package dev.undercloud.edge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shares that replicas get, by each way to choose. */
class PoliciesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int KEYS = 20_000;

  private static Balancer by(Balance.Policy policy) {
    return Balancer.of(policy, Entropy.seeded(11));
  }

  private static int[] shares(Balancer balancer, Each[] all, int draws, boolean stay) {
    int[] shares = new int[all.length];
    for (int i = 0; i < draws; i++) {
      Each chosen = balancer.choose(all, Keys.mix(i + 1), 0);
      shares[Arrays.asList(all).indexOf(chosen)]++;
      if (stay) {
        chosen.replica.enter();
      }
    }
    return shares;
  }

  /** Within five standard deviations of what chance would give, as chi-square per cell. */
  private static void fair(int[] shares, double... weights) {
    double total = Arrays.stream(weights).sum();
    int draws = Arrays.stream(shares).sum();
    for (int i = 0; i < shares.length; i++) {
      double expected = draws * weights[i] / total;
      assertThat(Math.abs(shares[i] - expected))
          .describedAs("%s of %s", shares[i], expected)
          .isLessThan(5 * Math.sqrt(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({"LATENCY", "LEAST_REQUESTS", "HASH"})
  void idleReplicasGetTheirWeights(Balance.Policy policy) {
    fair(shares(by(policy), Each.make(5), KEYS, false), 1, 1, 1, 1, 1);
    Each[] all = Each.make(2);
    all[1].weight = 4;
    fair(shares(by(policy), all, KEYS, false), 1, 4);
  }

  @ParameterizedTest
  @CsvSource({"LATENCY", "LEAST_REQUESTS", "ROUND_ROBIN"})
  void busyReplicasHaveTheirWeightsInFlight(Balance.Policy policy) {
    Each[] all = Each.make(3);
    all[0].weight = 0.5;
    all[2].weight = 2;
    int[] shares = shares(by(policy), all, 7_000, true);
    assertThat(shares[0]).isBetween(950, 1_050);
    assertThat(shares[1]).isBetween(1_950, 2_050);
    assertThat(shares[2]).isBetween(3_950, 4_050);
  }

  @Test
  void roundRobinIsSmooth() {
    Each[] all = Each.make(3);
    all[0].weight = 5;
    Balancer balancer = by(Balance.Policy.ROUND_ROBIN);
    for (int round = 0; round < 100; round++) {
      List<Each> seven = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        seven.add(balancer.choose(all, 0, 0));
      }
      assertThat(seven).filteredOn(each -> each == all[0]).hasSize(5);
      assertThat(seven).contains(all[1], all[2]);
      // Never all five in a row.
      assertThat(seven.indexOf(all[1]) + seven.indexOf(all[2])).isNotIn(1, 11);
    }
  }

  @Test
  void leastRequestsFindsTheOnlyIdleOne() {
    Each[] all = Each.make(50);
    for (Each each : all) {
      each.replica.enter();
    }
    all[33].replica.leave();
    assertThat(by(Balance.Policy.LEAST_REQUESTS).choose(all, 0, 0)).isSameAs(all[33]);
  }

  @Test
  void keysStayWhereTheyWere() {
    Balancer balancer = by(Balance.Policy.HASH);
    Each[] ten = Each.make(10);
    Each[] nine = Arrays.copyOf(ten, 9);
    int moved = 0;
    for (int i = 1; i <= KEYS; i++) {
      Each before = balancer.choose(ten, Keys.mix(i), 0);
      Each after = balancer.choose(nine, Keys.mix(i), 0);
      assertThat(balancer.choose(ten, Keys.mix(i), 0)).isSameAs(before);
      if (before == ten[9]) {
        moved++;
      } else {
        assertThat(after).isSameAs(before);
      }
    }
    assertThat(moved).isBetween(KEYS / 10 - 250, KEYS / 10 + 250);
  }

  @Test
  void aHotKeySpillsOverAtAQuarterAboveTheAverage() {
    Balancer balancer = by(Balance.Policy.HASH);
    Each[] all = Each.make(4);
    for (int i = 0; i < 1_000; i++) {
      balancer.choose(all, 12_345, 0).replica.enter();
    }
    for (Each each : all) {
      assertThat(each.replica.inFlight()).isLessThanOrEqualTo(1 + 1_000 * 5 / 16);
    }
    // But the few requests of one client stay together.
    Each[] idle = Each.make(4);
    Each first = balancer.choose(idle, 12_345, 0);
    for (int i = 0; i < 5; i++) {
      first.replica.enter();
      assertThat(balancer.choose(idle, 12_345, 0)).isSameAs(first);
    }
  }

  @Test
  void withoutAKeyThereIsNoHash() {
    int[] shares = shares(by(Balance.Policy.HASH), Each.make(2), 1, false);
    assertThat(shares).containsExactlyInAnyOrder(1, 0);
    Each[] all = Each.make(3);
    Balancer balancer = by(Balance.Policy.HASH);
    for (int i = 0; i < 300; i++) {
      balancer.choose(all, Balancer.NO_KEY, 0).replica.enter();
    }
    assertThat(all).allMatch(each -> each.replica.inFlight() > 90);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.4, false",
    "2001:db8::1, 2001:db8::2, true",
    "2001:db8::1, 2001:db8::1:2:3:4, true",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::9, true",
    "2001:db8:0:1::1, 2001:db8::1:0:0:1:2, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "::1, ::2, true",
    "::1, 1::1, false",
  })
  void ipv6ClientsAreTheirSubnet(String a, String b, boolean same) {
    assertThat(Keys.ofAddress(a) == Keys.ofAddress(b)).isEqualTo(same);
  }

  @Test
  void whoJoinsOthersStartsSlowly() {
    Replicas replicas = new Replicas();
    assertThat(join(replicas, 0, 1).share(0, 10 * SECOND)).isEqualTo(1);
    Replica second = join(replicas, SECOND, 1, 2);
    assertThat(second.share(SECOND, 10 * SECOND)).isEqualTo(0.1);
    assertThat(second.share(6 * SECOND, 10 * SECOND)).isEqualTo(0.5);
    assertThat(second.share(11 * SECOND, 10 * SECOND)).isEqualTo(1);
    assertThat(second.share(SECOND, 0)).isEqualTo(1);
    // All at once are new: somebody has to take everything.
    assertThat(join(replicas, 20 * SECOND, 3, 4).share(20 * SECOND, 10 * SECOND)).isEqualTo(1);
  }

  /** A table with these; the last of them. */
  private static Replica join(Replicas replicas, long now, int... numbers) {
    List<Upstream> upstreams = Arrays.stream(numbers).mapToObj(Each::upstream).toList();
    AppRoute app =
        new AppRoute("app", List.of(), upstreams, Timeouts.DEFAULT, Duration.ofSeconds(2), "");
    Replicas.Known known = replicas.adopt(new RoutingTable(1, List.of(app)), now);
    return known.replicas().get(upstreams.getLast().id());
  }

  @Test
  void latencyRisesAtOnceAndFallsWithTime() {
    long half = 1L << 32;
    assertThat(Latency.decayed(1_000_000, half)).isEqualTo(500_000);
    assertThat(Latency.decayed(1_000_000, half / 2)).isBetween(749_000L, 751_000L);
    assertThat(Latency.decayed(1_000_000, Long.MAX_VALUE)).isZero();
    assertThat(Latency.decayed(1_000_000, -5)).isEqualTo(1_000_000);
    assertThat(Latency.after(1_000, 1, 70_000)).isEqualTo(70_000);
    assertThat(Latency.after(1_000_000, half, 200_000)).isEqualTo(600_000);
    assertThat(Latency.after(1_000_000, 0, 200_000)).isEqualTo(1_000_000);
  }
}
