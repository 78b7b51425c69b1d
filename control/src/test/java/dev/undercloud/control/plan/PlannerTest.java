package dev.undercloud.control.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.control.plan.Action.Drain;
import dev.undercloud.control.plan.Action.FailRollout;
import dev.undercloud.control.plan.Action.GiveUp;
import dev.undercloud.control.plan.Action.Promote;
import dev.undercloud.control.plan.Action.Publish;
import dev.undercloud.control.plan.Action.Start;
import dev.undercloud.control.plan.Action.Stop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Single decisions, for reading; the simulation is for finding what nobody thought of. */
class PlannerTest {
  private static final Pace PACE = Pace.DEFAULT;
  private static final Slot ONE = new Slot("web", 1);
  private static final Slot TWO = new Slot("web", 2);

  private long now = -Duration.ofSeconds(3).toNanos();
  private Observed observed = Observed.NOTHING;

  private static Target target(long revision, int web) {
    return new Target(revision, 0, Map.of("web", new Want(web, true, Duration.ofSeconds(30))));
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, observed, now, PACE);
  }

  private void on(Event event) {
    observed = observed.after(event, now, PACE);
  }

  private void healthy(String id, Slot slot, long revision) {
    on(new Event.Starting(id, slot, revision, 0));
    on(new Event.Launched(id));
    on(new Event.Passed(id));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void nothingIsWantedOfNothing() {
    assertThat(plan(Desired.NOTHING).actions()).containsExactly(new Publish(List.of()));
    on(new Event.Published(List.of()));
    assertThat(plan(Desired.NOTHING)).isEqualTo(new Plan(List.of(), Long.MAX_VALUE));
  }

  @Test
  void startsAFewAtATime() {
    on(new Event.Published(List.of()));
    Desired desired = Desired.serving(target(1, 9));
    assertThat(plan(desired).actions())
        .hasSize(PACE.startsAtOnce())
        .contains(new Start(ONE, 1, 0), new Start(TWO, 1, 0));
  }

  @Test
  void switchesOnlyWhenAllOfTheNextAreHealthy() {
    healthy("old", ONE, 1);
    on(new Event.Published(List.of("old")));
    Desired desired = Desired.serving(target(1, 1)).rollOut(target(2, 2), now + 1000);
    healthy("new1", ONE, 2);
    assertThat(plan(desired).actions()).containsExactly(new Start(TWO, 2, 0));
    healthy("new2", TWO, 2);
    assertThat(plan(desired).actions()).containsExactly(new Promote());
    assertThat(plan(desired.promoted()).actions())
        .containsExactly(
            new Publish(List.of("new1", "new2")), new Drain("old", "a newer release serves"));
  }

  @Test
  void aRolloutHasADeadline() {
    on(new Event.Published(List.of()));
    Desired desired = Desired.NOTHING.rollOut(target(1, 1), now + 1000);
    assertThat(plan(desired).wakeAfterNanos()).isEqualTo(1000);
    now += 1000;
    assertThat(plan(desired).actions())
        .containsExactly(new FailRollout(ONE, "was not healthy in time"));
  }

  @Test
  void aNewReleaseMayFailOnce() {
    on(new Event.Published(List.of()));
    Desired desired = Desired.NOTHING.rollOut(target(1, 1), now + Duration.ofHours(1).toNanos());
    on(new Event.Starting("a", ONE, 1, 0));
    on(new Event.Launched("a"));
    on(new Event.Exited("a", "exit code 1", 0.5));
    assertThat(plan(desired).actions()).containsExactly(new Stop("a"));
    on(new Event.Stopping("a"));
    on(new Event.Stopped("a"));
    assertThat(plan(desired).wakeAfterNanos()).isEqualTo(Duration.ofMillis(75).toNanos());
    pass(Duration.ofMillis(75));
    assertThat(plan(desired).actions()).containsExactly(new Start(ONE, 1, 0));
    on(new Event.Starting("b", ONE, 1, 0));
    on(new Event.LaunchFailed("b", "no memory", 0));
    assertThat(plan(desired).actions()).containsExactly(new FailRollout(ONE, "no memory"));
  }

  @Test
  void aReplicaThatIsTooLateEndsARolloutAtOnce() {
    on(new Event.Published(List.of()));
    Desired desired = Desired.NOTHING.rollOut(target(1, 1), now + Duration.ofHours(1).toNanos());
    on(new Event.Starting("a", ONE, 1, 0));
    on(new Event.Launched("a"));
    on(new Event.Missed("a", "is deaf", Duration.ZERO));
    assertThat(plan(desired).wakeAfterNanos()).isEqualTo(Duration.ofSeconds(30).toNanos());
    pass(Duration.ofSeconds(30));
    assertThat(plan(desired).actions())
        .containsExactly(new GiveUp("a", "was not ready within 30s: it is deaf"));
    on(new Event.GivenUp("a", "is deaf", 0));
    assertThat(plan(desired).actions()).containsExactly(new FailRollout(ONE, "is deaf"));
    assertThat(plan(desired.rolledBack()).actions())
        .containsExactly(new Drain("a", "it is given up"));
  }

  @Test
  void oneMissedCheckIsNoIllnessAndThreeAre() {
    healthy("a", ONE, 1);
    on(new Event.Published(List.of("a")));
    Desired desired = Desired.serving(target(1, 1));
    on(new Event.Missed("a", "slow", Duration.ZERO));
    on(new Event.Missed("a", "slow", Duration.ZERO));
    assertThat(plan(desired).actions()).isEmpty();
    on(new Event.Missed("a", "slow", Duration.ZERO));
    assertThat(plan(desired).actions()).containsExactly(new Publish(List.of()));
    on(new Event.Published(List.of()));
    on(new Event.Passed("a"));
    assertThat(plan(desired).actions()).containsExactly(new Publish(List.of("a")));
  }

  @Test
  void aReplicaAtWorkOnALongRequestIsNotIll() {
    healthy("a", ONE, 1);
    on(new Event.Published(List.of("a")));
    for (int i = 0; i < 9; i++) {
      pass(Duration.ofSeconds(3));
      on(new Event.Missed("a", "silent", Duration.ofSeconds(30)));
    }
    assertThat(observed.replicas().get("a").phase()).isEqualTo(Phase.HEALTHY);
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(3));
      on(new Event.Missed("a", "silent", Duration.ofSeconds(30)));
    }
    assertThat(observed.replicas().get("a").phase()).isEqualTo(Phase.UNHEALTHY);
  }

  @Test
  void backOffGrowsAndEndsAndIsForgottenWhenSteady() {
    Replica.Key key = new Replica.Key(ONE, 1, 0);
    long before = 0;
    for (int i = 0; i < 12; i++) {
      crash("r" + i);
      Crashes crashes = observed.crashes(key);
      long wait = crashes.notBefore() - now;
      assertThat(wait).isBetween(before, PACE.longestBackoff().toNanos());
      assertThat(crashes.looping()).isEqualTo(i >= 4);
      before = wait;
    }
    assertThat(before).isGreaterThan(Duration.ofSeconds(20).toNanos());
    healthy("steady", ONE, 1);
    pass(Duration.ofSeconds(59));
    on(new Event.Passed("steady"));
    assertThat(observed.crashes(key).looping()).isTrue();
    pass(Duration.ofSeconds(1));
    on(new Event.Passed("steady"));
    assertThat(observed.crashes(key).looping()).isFalse();
    assertThat(observed.crashes(key).total()).isEqualTo(12);
  }

  private void crash(String id) {
    on(new Event.Starting(id, ONE, 1, 0));
    on(new Event.Launched(id));
    on(new Event.Exited(id, "exit code 1", 0.9));
    on(new Event.Stopped(id));
  }

  @Test
  void crashesFarApartAreNoLoop() {
    for (int i = 0; i < 9; i++) {
      crash("r" + i);
      pass(Duration.ofSeconds(16));
    }
    assertThat(observed.crashes(new Replica.Key(ONE, 1, 0)).looping()).isFalse();
  }

  @Test
  void scalingDownTakesTheLastOnes() {
    healthy("a", ONE, 1);
    healthy("b", TWO, 1);
    on(new Event.Published(List.of("a", "b")));
    assertThat(plan(Desired.serving(target(1, 1))).actions())
        .containsExactly(new Publish(List.of("a")), new Drain("b", "fewer replicas are wanted"));
  }

  @Test
  void aRestartReplacesOneAfterTheOther() {
    healthy("a", ONE, 1);
    healthy("b", TWO, 1);
    on(new Event.Published(List.of("a", "b")));
    Desired desired = Desired.serving(target(1, 2).withEpoch(1));
    assertThat(plan(desired).actions()).containsExactly(new Start(ONE, 1, 1));
    on(new Event.Starting("c", ONE, 1, 1));
    on(new Event.Launched("c"));
    assertThat(plan(desired).actions()).isEmpty();
    on(new Event.Passed("c"));
    assertThat(plan(desired).actions())
        .containsExactly(
            new Publish(List.of("c", "b")), new Drain("a", "another one has taken its place"));
    on(new Event.Published(List.of("c", "b")));
    on(new Event.Draining("a"));
    assertThat(plan(desired).actions()).containsExactly(new Start(TWO, 1, 1));
  }

  @Test
  void aStopTakesAllOutBeforeItEndsAny() {
    healthy("a", ONE, 1);
    on(new Event.Published(List.of("a")));
    Desired stopped = Desired.serving(target(1, 1)).withRunning(false);
    assertThat(plan(stopped).actions())
        .containsExactly(new Publish(List.of()), new Drain("a", "the app is stopped"));
    on(new Event.Published(List.of()));
    on(new Event.Draining("a"));
    assertThat(plan(stopped).actions()).isEmpty();
    on(new Event.Drained("a"));
    assertThat(plan(stopped).actions()).containsExactly(new Stop("a"));
  }

  @Test
  void whatComesTooLateChangesNothing() {
    Observed before = observed;
    on(new Event.Passed("nobody"));
    on(new Event.Missed("nobody", "x", Duration.ZERO));
    on(new Event.Exited("nobody", "x", 0));
    on(new Event.LaunchFailed("nobody", "x", 0));
    on(new Event.GivenUp("nobody", "x", 0));
    on(new Event.Drained("nobody"));
    on(new Event.Stopped("nobody"));
    assertThat(observed).isEqualTo(before);
    healthy("a", ONE, 1);
    on(new Event.Draining("a"));
    on(new Event.Passed("a"));
    on(new Event.Exited("a", "exit code 0", 0));
    assertThat(observed.replicas().get("a").phase()).isEqualTo(Phase.UNFIT);
    assertThat(observed.crashes()).as("it was asked to go").isEmpty();
  }
}
