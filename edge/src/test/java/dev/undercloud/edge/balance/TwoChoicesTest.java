package dev.undercloud.edge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.edge.balance.Replica.Ejection;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoChoicesTest {
  private static final Ejection RULE =
      new Ejection(3, Duration.ofSeconds(1), Duration.ofSeconds(4));
  private final Entropy entropy = Entropy.seeded(42);

  private static final class Each implements TwoChoices.Choice {
    final Replica replica;
    boolean tried;

    Each(int i) {
      replica =
          new Replica(new Upstream("u" + i, "app", "web." + i, "r", new Address.Tcp("::1", 1)));
    }

    @Override
    public Replica replica() {
      return replica;
    }

    @Override
    public boolean tried() {
      return tried;
    }
  }

  private static Each[] make(int n) {
    Each[] all = new Each[n];
    Arrays.setAll(all, Each::new);
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void loadIsSpreadAlmostEvenly(int n) {
    Each[] all = make(n);
    for (int i = 0; i < 1_000 * n; i++) {
      TwoChoices.choose(all, entropy, 0).replica.enter();
    }
    for (Each each : all) {
      assertThat(each.replica.inFlight()).isBetween(990, 1_010);
    }
  }

  @Test
  void theBusyOneIsSpared() {
    Each[] all = make(2);
    all[0].replica.enter();
    for (int i = 0; i < 100; i++) {
      assertThat(TwoChoices.choose(all, entropy, 0)).isSameAs(all[1]);
    }
  }

  @Test
  void theTriedAndTheEjectedArePassedOver() {
    Each[] all = make(4);
    all[0].tried = true;
    eject(all[1], 0);
    eject(all[2], 0);
    for (int i = 0; i < 100; i++) {
      assertThat(TwoChoices.choose(all, entropy, 1)).isSameAs(all[3]);
    }
    all[3].tried = true;
    assertThat(TwoChoices.choose(all, entropy, 1)).isIn(all[1], all[2]);
    all[1].tried = all[2].tried = true;
    assertThat(TwoChoices.choose(all, entropy, 1)).isNull();
    assertThat(TwoChoices.choose(new Each[0], entropy, 1)).isNull();
  }

  private static void eject(Each each, long now) {
    for (int i = 0; i < 3; i++) {
      var unused = each.replica.failed(now, RULE);
    }
  }

  @Test
  void ejectionGrowsAndIsForgiven() {
    Replica replica = make(1)[0].replica;
    long second = 1_000_000_000L;
    assertThat(replica.failed(0, RULE)).isZero();
    assertThat(replica.failed(0, RULE)).isZero();
    assertThat(replica.failed(0, RULE)).isEqualTo(Duration.ofSeconds(1));
    assertThat(replica.inService(second - 1)).isFalse();
    assertThat(replica.failed(second - 1, RULE)).isZero();
    assertThat(replica.inService(second)).isTrue();
    // On probation: one failure is enough now.
    assertThat(replica.failed(second, RULE)).isEqualTo(Duration.ofSeconds(2));
    assertThat(replica.failed(4 * second, RULE)).isEqualTo(Duration.ofSeconds(4));
    assertThat(replica.failed(9 * second, RULE)).isEqualTo(Duration.ofSeconds(4));
    replica.succeeded();
    assertThat(replica.inService(9 * second)).isTrue();
    assertThat(replica.failed(9 * second, RULE)).isZero();
  }
}
