package dev.undercloud.control.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A world of replicas in virtual time: what the controller does around the planner, with chance in
 * the place of driver, app and machine. Checks after every step what must always hold.
 */
final class Simulation {
  static final Pace PACE = Pace.DEFAULT;

  /** How badly the app and the machine behave. */
  record Weather(double crash, double startFails, double miss, double slowStart, double sleep) {
    static final Weather FAIR = new Weather(0, 0, 0, 0, 0);
    static final Weather FOUL = new Weather(0.02, 0.1, 0.2, 0.1, 0.01);
  }

  private record Due(long at, long order, Runnable what) {}

  private final SplittableRandom random;
  private final PriorityQueue<Due> agenda =
      new PriorityQueue<>(
          (a, b) -> a.at == b.at ? Long.compare(a.order, b.order) : Long.signum(a.at - b.at));
  private final Map<Replica.Key, Deque<Long>> starts = new HashMap<>();
  private final Set<String> alive = new HashSet<>();
  private final Set<Long> broken = new HashSet<>();
  final List<String> outcomes = new ArrayList<>();
  Desired desired = Desired.NOTHING;
  Observed observed = Observed.NOTHING;
  Weather weather = Weather.FAIR;

  /** Not zero, nor near it: monotonic clocks begin anywhere and wrap. */
  long now = Long.MAX_VALUE - Duration.ofMinutes(3).toNanos();

  private long order;
  private int ids;
  private boolean served;

  Simulation(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Replicas of this revision end as soon as they start. */
  void breakRevision(long revision) {
    broken.add(revision);
  }

  void run(Duration span) {
    long end = now + span.toNanos();
    reconcile();
    while (!agenda.isEmpty() && agenda.peek().at - end < 0) {
      Due due = agenda.poll();
      if (due.at - now > 0) {
        now = due.at;
      }
      if (chance(weather.sleep)) {
        // The machine slept, or somebody stopped us.
        now += Duration.ofSeconds(random.nextLong(1, 7200)).toNanos();
        end = later(end, now);
      }
      due.what.run();
      reconcile();
    }
    now = later(now, end);
    reconcile();
  }

  private void reconcile() {
    for (int round = 0; ; round++) {
      assertThat(round).as("rounds of a plan that does not settle").isLessThan(100);
      Plan plan = Planner.plan(desired, observed, now, PACE);
      if (plan.actions().isEmpty()) {
        if (plan.wakeAfterNanos() != Long.MAX_VALUE) {
          at(Duration.ofNanos(plan.wakeAfterNanos()), () -> {});
        }
        check();
        return;
      }
      plan.actions().forEach(this::act);
    }
  }

  private void act(Action action) {
    switch (action) {
      case Action.Start a -> start(a);
      case Action.GiveUp a -> on(new Event.GivenUp(a.id(), a.reason(), random.nextDouble()));
      case Action.Drain a -> {
        assertThat(observed.published()).as("drained while routed to").doesNotContain(a.id());
        on(new Event.Draining(a.id()));
        at(seconds(0, 30), () -> on(new Event.Drained(a.id())));
      }
      case Action.Stop a -> {
        on(new Event.Stopping(a.id()));
        at(
            seconds(0, 10),
            () -> {
              alive.remove(a.id());
              on(new Event.Stopped(a.id()));
            });
      }
      case Action.Publish a -> on(new Event.Published(a.ids()));
      case Action.Promote _ -> {
        outcomes.add("promoted " + desired.next().revision());
        desired = desired.promoted();
        observed = observed.forgetBefore(desired.current().revision());
        served = true;
      }
      case Action.FailRollout a -> {
        outcomes.add("failed " + desired.next().revision());
        desired = desired.rolledBack();
      }
      case Action.AbortRestart a -> {
        outcomes.add("aborted");
        desired = desired.withCurrent(desired.current().withEpoch(oldestEpoch()));
      }
    }
  }

  private long oldestEpoch() {
    return observed.replicas().values().stream()
        .filter(r -> r.phase().holdsSlot() && r.revision() == desired.current().revision())
        .mapToLong(Replica::epoch)
        .min()
        .orElse(desired.current().epoch());
  }

  private void start(Action.Start a) {
    String id = a.slot() + "-" + ids++;
    Replica.Key key = new Replica.Key(a.slot(), a.revision(), a.epoch());
    Deque<Long> times = starts.computeIfAbsent(key, k -> new ArrayDeque<>());
    times.addLast(now);
    times.removeIf(time -> now - time > Duration.ofSeconds(60).toNanos());
    assertThat(times.size()).as("starts of " + key + " within a minute").isLessThan(16);
    on(new Event.Starting(id, a.slot(), a.revision(), a.epoch()));
    at(
        seconds(0, 1),
        () -> {
          if (chance(weather.startFails)) {
            on(new Event.LaunchFailed(id, "no memory", random.nextDouble()));
          } else {
            alive.add(id);
            on(new Event.Launched(id));
            boolean slow = chance(weather.slowStart);
            at(slow ? seconds(5, 60) : seconds(0, 3), () -> live(id));
          }
        });
  }

  /** One check of a replica's health after the other, until it ends. */
  private void live(String id) {
    Replica replica = observed.replicas().get(id);
    if (replica == null || replica.exited() || !alive.contains(id)) {
      return;
    }
    if (chance(weather.crash) || broken.contains(replica.revision())) {
      alive.remove(id);
      on(new Event.Exited(id, "exit code 1", random.nextDouble()));
      return;
    }
    if (chance(weather.miss)) {
      boolean busy = random.nextBoolean();
      on(new Event.Missed(id, "no answer", busy ? Duration.ofSeconds(30) : Duration.ZERO));
    } else {
      on(new Event.Passed(id));
    }
    at(seconds(1, 5), () -> live(id));
  }

  private void on(Event event) {
    observed = observed.after(event, now, PACE);
  }

  private void check() {
    Set<Slot> routed = new HashSet<>();
    for (String id : observed.published()) {
      Replica replica = observed.replicas().get(id);
      assertThat(replica).as("routed to, but gone: " + id).isNotNull();
      assertThat(replica.phase()).as("routed to: " + id).isEqualTo(Phase.HEALTHY);
      assertThat(alive).as("routed to a process that has ended").contains(id);
      assertThat(routed.add(replica.slot())).as("two in service in " + replica.slot()).isTrue();
      assertThat(replica.revision()).isEqualTo(desired.current().revision());
    }
    Map<Replica.Key, Integer> holders = new HashMap<>();
    for (Replica replica : observed.replicas().values()) {
      if (replica.phase().holdsSlot()) {
        int count = holders.merge(replica.key(), 1, Integer::sum);
        assertThat(count).as("replicas that hold " + replica.key()).isEqualTo(1);
      }
    }
    if (served && desired.running() && weather == Weather.FAIR && steady) {
      assertThat(observed.published()).as("in fair weather something always serves").isNotEmpty();
    }
  }

  /** Set when the app has converged in fair weather: from then on it must not stop serving. */
  boolean steady;

  /** Everything wanted is healthy and in service, and nothing else is there. */
  void assertConverged() {
    Target current = desired.active();
    if (current == null) {
      assertThat(observed.replicas()).isEmpty();
      return;
    }
    assertThat(desired.next()).isNull();
    assertThat(observed.replicas()).hasSize(current.replicas());
    assertThat(observed.replicas().values())
        .allSatisfy(r -> {
          assertThat(r.phase()).isEqualTo(Phase.HEALTHY);
          assertThat(current.covers(r.slot(), r.revision())).isTrue();
          assertThat(r.epoch()).isGreaterThanOrEqualTo(current.epoch());
        });
    assertThat(observed.published()).hasSize(current.want("web").count());
  }

  long latestEpoch() {
    return observed.replicas().values().stream().mapToLong(Replica::epoch).max().orElse(0)
        + observed.crashes().keySet().stream().mapToLong(Replica.Key::epoch).max().orElse(0);
  }

  private static long later(long a, long b) {
    return a - b >= 0 ? a : b;
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private Duration seconds(double least, double most) {
    return Duration.ofMillis((long) (1000 * (least + random.nextDouble() * (most - least))));
  }

  private void at(Duration delay, Runnable what) {
    agenda.add(new Due(now + delay.toNanos(), order++, what));
  }
}
