package dev.undercloud.control.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deploys, restarts, scales and stops at random, in foul weather and fair, in virtual time. */
class SimulationTest {
  static LongStream seeds() {
    return LongStream.range(1, 81);
  }

  private static Target target(long revision, long epoch, int web, int workers) {
    return new Target(
        revision,
        epoch,
        Map.of(
            "web", new Want(web, true, Duration.ofSeconds(30)),
            "worker", new Want(workers, false, Duration.ofSeconds(30))));
  }

  private static long deadline(Simulation world) {
    return world.now + Duration.ofMinutes(3).toNanos();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappensTheAppConverges(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Simulation world = new Simulation(seed);
    long revision = 1;
    world.desired = world.desired.rollOut(target(revision, 0, 2, 1), deadline(world));
    for (int step = 0; step < 12; step++) {
      world.weather = random.nextInt(3) == 0 ? Simulation.Weather.FAIR : Simulation.Weather.FOUL;
      world.run(Duration.ofSeconds(random.nextLong(1, 400)));
      Target current = world.desired.current();
      boolean idle = world.desired.next() == null;
      switch (random.nextInt(5)) {
        case 0 -> {
          if (idle) {
            revision++;
            if (random.nextInt(3) == 0) {
              world.breakRevision(revision);
            }
            Target next =
                target(revision, world.latestEpoch(), random.nextInt(1, 7), random.nextInt(3));
            world.desired = world.desired.rollOut(next, deadline(world));
          }
        }
        case 1 -> {
          if (current != null && idle) {
            Target restarted = current.withEpoch(world.latestEpoch() + 1);
            world.desired = world.desired.withCurrent(restarted).withRunning(true);
          }
        }
        case 2 -> {
          if (current != null) {
            world.desired = world.desired.withCurrent(current.withCount("web", random.nextInt(8)));
          }
        }
        case 3 -> world.desired = world.desired.rolledBack().withRunning(false);
        default -> {}
      }
    }
    world.weather = Simulation.Weather.FAIR;
    // A rollout has three minutes, a crash loop's last back-off half a minute, drains another.
    world.run(Duration.ofMinutes(10));
    world.assertConverged();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void inFairWeatherDeploysAndRestartsNeverInterruptService(long seed) {
    Simulation world = new Simulation(seed);
    world.desired = world.desired.rollOut(target(1, 0, 3, 1), deadline(world));
    world.run(Duration.ofMinutes(2));
    world.assertConverged();
    world.steady = true;
    world.desired = world.desired.rollOut(target(2, 0, 2, 1), deadline(world));
    world.run(Duration.ofMinutes(2));
    world.assertConverged();
    world.desired = world.desired.withCurrent(world.desired.current().withEpoch(1));
    world.run(Duration.ofMinutes(3));
    world.assertConverged();
    world.breakRevision(3);
    world.desired = world.desired.rollOut(target(3, 1, 2, 1), deadline(world));
    world.run(Duration.ofMinutes(3));
    world.assertConverged();
    assertThat(world.desired.current().revision()).isEqualTo(2);
    assertThat(world.outcomes).containsExactly("promoted 1", "promoted 2", "failed 3");
  }
}
