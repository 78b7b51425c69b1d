package dev.undercloud.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WheelTest {
  private static final long START = -5_000_000_000L;

  private static final class Node extends Timed {
    long wanted = NEVER;
    long firedAt = NEVER;

    @Override
    void expired(long now) {
      assertThat(now).isGreaterThanOrEqualTo(wanted);
      firedAt = now;
      wanted = NEVER;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyDeadlineFiresOnceAndInTime(long seed) {
    Random random = new Random(seed);
    Wheel wheel = new Wheel(START);
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      nodes.add(new Node());
    }
    long now = START;
    for (int step = 0; step < 3_000; step++) {
      now += random.nextInt(150) * 1_000_000L + (random.nextInt(500) == 0 ? 9_000_000_000L : 0);
      wheel.advance(now);
      for (Node node : nodes) {
        assertThat(node.wanted).as("seed %d", seed).isGreaterThan(now - Wheel.TICK_NANOS);
      }
      Node node = nodes.get(random.nextInt(nodes.size()));
      if (random.nextInt(5) == 0) {
        wheel.remove(node);
        node.wanted = Timed.NEVER;
      } else {
        node.wanted = now + random.nextLong(20_000_000_000L);
        wheel.set(node, node.wanted);
      }
    }
  }
}
