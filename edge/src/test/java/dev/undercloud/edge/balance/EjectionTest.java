package dev.undercloud.edge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.edge.balance.Outliers.Tally;
import dev.undercloud.edge.balance.Replica.Ejection;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is taken out of service, and who is asked all the same. */
class EjectionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Ejection RULE =
      new Ejection(3, Duration.ofSeconds(1), Duration.ofSeconds(4));

  private static void eject(Each each, boolean connected) {
    for (int i = 0; i < 3; i++) {
      var unused = each.replica.failed(0, RULE, connected);
    }
  }

  private static Set<Each> chosen(Balance.Policy policy, Each[] all) {
    Balancer balancer = Balancer.of(policy, Entropy.seeded(7));
    Set<Each> chosen = new HashSet<>();
    for (int i = 1; i <= 500; i++) {
      Each each = balancer.choose(all, Keys.mix(i), 1);
      if (each != null) {
        chosen.add(each);
      }
    }
    return chosen;
  }

  @ParameterizedTest
  @EnumSource
  void theEjectedArePassedOver(Balance.Policy policy) {
    Each[] all = Each.make(4);
    all[0].tried = true;
    eject(all[1], true);
    eject(all[2], true);
    assertThat(chosen(policy, all)).containsExactly(all[3]);
    // Full is not gone: what is out does not get its share.
    all[3].room = false;
    assertThat(chosen(policy, all)).isEmpty();
    all[3].room = true;
    all[3].tried = true;
    assertThat(chosen(policy, all)).containsExactlyInAnyOrder(all[1], all[2]);
    all[1].tried = all[2].tried = true;
    assertThat(chosen(policy, all)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whereMoreThanHalfAreOutForTheirAnswersAllAreAsked(Balance.Policy policy) {
    Each[] all = Each.make(5);
    eject(all[0], true);
    eject(all[1], true);
    assertThat(chosen(policy, all)).containsExactlyInAnyOrder(all[2], all[3], all[4]);
    eject(all[2], true);
    assertThat(chosen(policy, all)).containsExactlyInAnyOrder(all);
    // One that takes no connection cannot help, however many are out.
    Each[] others = Each.make(3);
    eject(others[0], false);
    eject(others[1], false);
    assertThat(chosen(policy, others)).containsExactly(others[2]);
    eject(others[2], false);
    assertThat(chosen(policy, others)).containsExactlyInAnyOrder(others);
  }

  @Test
  void ejectionGrowsAndIsForgiven() {
    Replica replica = new Each(1).replica;
    assertThat(replica.failed(0, RULE, true)).isZero();
    assertThat(replica.failed(0, RULE, true)).isZero();
    assertThat(replica.failed(0, RULE, true)).isEqualTo(Duration.ofSeconds(1));
    assertThat(replica.inService(SECOND - 1)).isFalse();
    assertThat(replica.failed(SECOND - 1, RULE, true)).isZero();
    assertThat(replica.inService(SECOND)).isTrue();
    // On probation: one failure is enough now.
    assertThat(replica.failed(SECOND, RULE, true)).isEqualTo(Duration.ofSeconds(2));
    assertThat(replica.failed(4 * SECOND, RULE, true)).isEqualTo(Duration.ofSeconds(4));
    assertThat(replica.failed(9 * SECOND, RULE, true)).isEqualTo(Duration.ofSeconds(4));
    replica.succeeded();
    assertThat(replica.inService(9 * SECOND)).isTrue();
    assertThat(replica.failed(9 * SECOND, RULE, true)).isZero();
  }

  @Test
  void outliersAreFarWorseThanTheRest() {
    assertThat(outliers(tally(100, 1), tally(100, 60))).containsExactly(1);
    assertThat(outliers(tally(100, 0), tally(100, 20), tally(100, 0))).containsExactly(1);
    // All fail alike, hardly any fails, too few to tell, nobody to compare with.
    assertThat(outliers(tally(100, 50), tally(100, 60))).isEmpty();
    assertThat(outliers(tally(100, 0), tally(100, 19))).isEmpty();
    assertThat(outliers(tally(100, 0), tally(19, 19))).isEmpty();
    assertThat(outliers(tally(100, 100), tally(5, 0))).isEmpty();
    assertThat(outliers(tally(100, 100))).isEmpty();
  }

  private static Tally tally(int answered, int failing) {
    return new Tally(answered, failing);
  }

  private static List<Integer> outliers(Tally... tallies) {
    List<Tally> all = List.of(tallies);
    return java.util.stream.IntStream.range(0, tallies.length)
        .filter(i -> Outliers.isOutlier(all, i))
        .boxed()
        .toList();
  }

  @Test
  void anOutlierComesBackAfterItsTimeAndLongerEachTime() {
    Ejection rule = new Ejection(3, Duration.ofSeconds(1), Duration.ofSeconds(30));
    Each[] all = Each.make(3);
    List<Replica> replicas = Arrays.stream(all).map(each -> each.replica).toList();
    window(all, 0);
    var out = Outliers.judge(replicas, 10 * SECOND, rule);
    assertThat(out).hasSize(1);
    assertThat(out.getFirst().replica()).isSameAs(all[0].replica);
    assertThat(out.getFirst().time()).isEqualTo(Duration.ofSeconds(8));
    assertThat(out.getFirst().percent()).isEqualTo(50);
    // Answers that were on their way are no reason to trust it.
    all[0].replica.succeeded();
    assertThat(all[0].replica.inService(17 * SECOND)).isFalse();
    assertThat(all[0].replica.inService(18 * SECOND)).isTrue();
    window(all, 0);
    out = Outliers.judge(replicas, 20 * SECOND, rule);
    assertThat(out.getFirst().time()).isEqualTo(Duration.ofSeconds(16));
    window(all);
    assertThat(Outliers.judge(replicas, 40 * SECOND, rule)).isEmpty();
    window(all, 0);
    out = Outliers.judge(replicas, 50 * SECOND, rule);
    assertThat(out.getFirst().time()).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void neverMoreThanHalfAreOut() {
    Ejection rule = new Ejection(3, Duration.ofSeconds(1), Duration.ofSeconds(30));
    Each[] all = Each.make(4);
    List<Replica> replicas = Arrays.stream(all).map(each -> each.replica).toList();
    eject(all[2], true);
    eject(all[3], true);
    window(all, 0);
    assertThat(Outliers.judge(replicas, 1, rule)).isEmpty();
  }

  /** A hundred answers of each, half of them errors from those at {@code failing}. */
  private static void window(Each[] all, int... failing) {
    for (int i = 0; i < all.length; i++) {
      int at = i;
      boolean fails = Arrays.stream(failing).anyMatch(f -> f == at);
      all[i].replica.count(100, fails ? 50 : 0);
    }
  }
}
