package dev.undercloud.control;

import dev.undercloud.control.journal.Journal;
import dev.undercloud.control.journal.ReplicaRow;
import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.journal.Wish;
import dev.undercloud.control.plan.Action;
import dev.undercloud.control.plan.Desired;
import dev.undercloud.control.plan.Event;
import dev.undercloud.control.plan.Observed;
import dev.undercloud.control.plan.Pace;
import dev.undercloud.control.plan.Plan;
import dev.undercloud.control.plan.Planner;
import dev.undercloud.control.plan.Replica;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.control.plan.Target;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.id.Hex;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes what is there like what is wanted: asks the planner, journals the intent, acts. All of it
 * on the controller's thread, but for {@link #lives}, which any thread may read.
 */
final class Reconciler {
  /** SIGTERM to SIGKILL for what has nothing in flight any more. */
  static final Duration STOP_GRACE = Duration.ofSeconds(10);

  /** A plan that is never empty is a fault; it must not keep the thread. */
  private static final int MOST_ROUNDS = 64;

  final Map<String, Live> lives = new ConcurrentHashMap<>();

  private final Config config;
  private final Parts parts;
  private final Journal journal;
  private final Loop loop;
  private final Hands hands;
  private final Voice voice;
  private final Narrator narrator;
  private final Router router;
  private final Clock clock;
  private final Pace pace;
  private final Revisions revisions = new Revisions();
  private final Map<Replica.Key, Tail> lastWords = new ConcurrentHashMap<>();
  private Desired desired = Desired.NOTHING;
  private Observed observed = Observed.NOTHING;
  private State.@Nullable End rollout;
  private boolean routeForgotten;
  private @Nullable Problem aborted;

  Reconciler(
      Config config,
      Parts parts,
      Journal journal,
      Loop loop,
      Hands hands,
      Voice voice,
      Router router) {
    this.config = config;
    this.parts = parts;
    this.journal = journal;
    this.loop = loop;
    this.hands = hands;
    this.voice = voice;
    this.narrator = new Narrator(voice);
    this.router = router;
    this.clock = parts.clock();
    this.pace = config.pace();
  }

  State state() {
    return new State(
        desired,
        observed,
        revisions.of(desired.current()),
        revisions.of(desired.next()),
        rollout,
        aborted);
  }

  /** Before the loop starts: what recovery found to be wanted. */
  void restore(Desired wanted, @Nullable Revision current) {
    desired = wanted;
    if (current != null) {
      revisions.put(current);
    }
  }

  /** Before the loop starts: a replica that recovery took over. */
  void restore(Live live, Handle handle, int restarts) {
    Replica.Key key = live.key;
    lives.put(live.id, live);
    on(new Event.Adopted(live.id, key.slot(), key.revision(), key.epoch(), restarts));
    running(live, handle);
  }

  /** One pass; the nanoseconds after which the next is due. */
  long reconcile() {
    long wake = 0;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Plan plan = Planner.plan(desired, observed, clock.nanos(), pace);
      wake = plan.wakeAfterNanos();
      if (plan.actions().isEmpty()) {
        break;
      }
      plan.actions().forEach(this::act);
    }
    publish();
    voice.flush();
    return wake;
  }

  private void publish() {
    if (!routeForgotten) {
      router.publish(Routes.of(state(), lives));
    }
  }

  private void act(Action action) {
    switch (action) {
      case Action.Start a -> start(a);
      case Action.GiveUp a -> giveUp(a);
      case Action.Drain a -> drain(a);
      case Action.Stop a -> stop(a.id());
      case Action.Publish a -> {
        on(new Event.Published(a.ids()));
        // Before whatever follows: a drain waits for the version of this table.
        publish();
      }
      case Action.Promote _ -> promote();
      case Action.FailRollout a -> failRollout(a.slot(), a.reason());
      case Action.AbortRestart a -> abortRestart(a);
    }
  }

  private void start(Action.Start a) {
    Revision revision = revisions.known(a.revision());
    Slot slot = a.slot();
    ProcessSpec process = revisions.process(a.revision(), slot);
    Replica.Key key = new Replica.Key(slot, a.revision(), a.epoch());
    Live live = new Live(newId(revision, slot), key, revision.release().id(), clock.now());
    int restarts = observed.crashes(key).total();
    on(new Event.Starting(live.id, slot, a.revision(), a.epoch()));
    try {
      journal.intend(
          new ReplicaRow(
              live.id,
              slot.process(),
              slot.ordinal(),
              a.revision(),
              a.epoch(),
              restarts,
              live.startedAt,
              null));
    } catch (CloudException e) {
      launchFailed(live, Problems.notStarted(e.problem()));
      return;
    }
    lives.put(live.id, live);
    hands.launch(
        live,
        Specs.replica(config.key(), live.id, slot.toString(), revision, process),
        handle -> launched(live, handle),
        why -> launchFailed(live, why));
  }

  private void launched(Live live, Handle handle) {
    try {
      journal.launched(handle);
    } catch (CloudException e) {
      // It runs; after a crash of ours it would be ended as unknown and started anew.
      voice.say(null, e.problem().sentence());
    }
    on(new Event.Launched(live.id));
    voice.say(live.name(), "started as process " + handle.pid() + ", release " + live.release);
    running(live, handle);
  }

  private void launchFailed(Live live, String why) {
    lastWords.put(live.key, live.tail);
    on(new Event.LaunchFailed(live.id, why, chance()));
    forget(live);
  }

  private void running(Live live, Handle handle) {
    live.handle = handle;
    Revision revision = revisions.known(live.key.revision());
    ProcessSpec process = revisions.process(live.key.revision(), live.key.slot());
    live.protocol = process.protocol();
    parts.driver().exit(handle).thenAccept(exit -> loop.post(() -> exited(live, exit)));
    live.prober =
        hands.watch(
            handle,
            new Hands.Watched(
                handle.id(),
                revision.spec().name(),
                live.name(),
                revision.spec().hosts().isEmpty()
                    ? "localhost"
                    : revision.spec().hosts().getFirst()),
            process,
            Entropy.seeded(parts.entropy().nextLong()),
            event -> loop.post(() -> on(event)));
  }

  private void exited(Live live, Exit exit) {
    unwatch(live);
    lastWords.put(live.key, live.tail);
    on(new Event.Exited(live.id, "ended: " + exit.words(), chance()));
  }

  private void giveUp(Action.GiveUp a) {
    Live live = lives.get(a.id());
    if (live != null) {
      unwatch(live);
      lastWords.put(live.key, live.tail);
    }
    on(new Event.GivenUp(a.id(), a.reason(), chance()));
  }

  private void drain(Action.Drain a) {
    Live live = lives.get(a.id());
    on(new Event.Draining(a.id()));
    if (live == null) {
      on(new Event.Drained(a.id()));
      return;
    }
    unwatch(live);
    voice.say(live.name(), "is taken out: " + a.why());
    hands.drain(live, drainLimit(live), () -> on(new Event.Drained(live.id)));
  }

  private void stop(String id) {
    Live live = lives.get(id);
    Handle handle = live == null ? null : live.handle;
    on(new Event.Stopping(id));
    if (live == null || handle == null) {
      on(new Event.Stopped(id));
      return;
    }
    unwatch(live);
    hands.stop(live, handle, stopGrace(live), () -> stopped(live));
  }

  private void stopped(Live live) {
    on(new Event.Stopped(live.id));
    forget(live);
  }

  private void promote() {
    Target next = desired.next();
    if (next == null) {
      return;
    }
    Desired after = desired.promoted();
    try {
      journal.save(wish(after));
    } catch (CloudException e) {
      endRollout(next.revision(), e.problem());
      return;
    }
    desired = after;
    rollout = new State.End(next.revision(), null);
    observed = observed.forgetBefore(next.revision());
    lastWords.keySet().removeIf(key -> key.revision() < next.revision());
    voice.note(null, "release " + revisions.known(next.revision()).release().id() + " serves");
    try {
      journal.forgetBefore(next.revision());
    } catch (CloudException e) {
      voice.say(null, e.problem().sentence());
    }
    revisions.forgetBefore(
        next.revision(),
        number -> lives.values().stream().anyMatch(live -> live.key.revision() == number));
  }

  private void failRollout(Slot slot, String reason) {
    Target next = desired.next();
    if (next != null) {
      Revision revision = revisions.known(next.revision());
      Tail tail =
          lastWords.getOrDefault(new Replica.Key(slot, next.revision(), next.epoch()), new Tail());
      endRollout(
          next.revision(),
          Problems.rollout(revision, slot, reason, tail, desired.active() != null));
    }
  }

  private void endRollout(long revision, Problem problem) {
    desired = desired.rolledBack();
    rollout = new State.End(revision, problem);
    saveQuietly();
    voice.note(problem);
  }

  private void abortRestart(Action.AbortRestart a) {
    Target current = desired.active();
    if (current == null) {
      return;
    }
    Tail tail =
        lastWords.getOrDefault(
            new Replica.Key(a.slot(), current.revision(), current.epoch()), new Tail());
    aborted = Problems.restart(revisions.known(current.revision()), a.slot(), a.reason(), tail);
    long oldest =
        observed.replicas().values().stream()
            .filter(r -> r.revision() == current.revision() && r.phase().holdsSlot())
            .mapToLong(Replica::epoch)
            .min()
            .orElse(current.epoch());
    desired = desired.withCurrent(current.withEpoch(Math.min(oldest, current.epoch())));
    saveQuietly();
    voice.note(aborted);
  }

  /** Changes what is wanted, on the disk first. */
  void want(Desired wanted) {
    journal.save(wish(wanted));
    desired = wanted;
  }

  /** Begins a rollout. */
  void rollOut(Revision revision) {
    revisions.put(revision);
    Target target = Wants.of(revision, epoch(), journal.scales());
    long until = clock.nanos() + Wants.limit(target, pace).toNanos();
    want(desired.rollOut(target, until));
  }

  /** Gives up whatever is being rolled out, for {@code problem}. */
  void cancelRollout(Problem problem) {
    Target next = desired.next();
    if (next != null) {
      endRollout(next.revision(), problem);
    }
  }

  /** Replicas of the current revision are to be replaced, one at a time. */
  void restart() {
    Target current = desired.current();
    if (current != null) {
      want(desired.withCurrent(current.withEpoch(epoch() + 1)).withRunning(true));
    }
  }

  /** Takes the settings of a deploy that needs no new replicas. */
  void adjust(Revision revision) {
    journal.update(revision.number(), revision.spec());
    revisions.put(revision);
    Target current = desired.current();
    if (current != null) {
      desired = desired.withCurrent(Wants.of(revision, current.epoch(), journal.scales()));
    }
  }

  /** A command begins: what became of an earlier one is no matter of its. */
  void forgetAborted() {
    aborted = null;
  }

  /** Slots of what is current that are waiting to be tried again are tried at once. */
  void forgive() {
    Target current = desired.current();
    if (current != null) {
      observed = observed.forgive(current.revision());
    }
  }

  /** All replicas are to go; what is not on the disk then is started again by the next process. */
  void stopAll() {
    desired = desired.withRunning(false);
    saveQuietly();
    voice.note(null, "stop");
  }

  /** The edge answers for the app as for one that it never knew. */
  void forgetRoute() {
    routeForgotten = true;
    router.publish(null);
  }

  /** What the last replica in a slot that failed had printed. Any thread. */
  Tail lastWords(Slot slot) {
    return lastWords.entrySet().stream()
        .filter(entry -> entry.getKey().slot().equals(slot))
        .max(Comparator.comparingLong(entry -> entry.getKey().revision()))
        .map(Map.Entry::getValue)
        .orElseGet(Tail::new);
  }

  Desired desired() {
    return desired;
  }

  /** No replica and no crash that we know of is of a later one. */
  private long epoch() {
    long latest = desired.current() == null ? 0 : desired.current().epoch();
    for (Replica.Key key : observed.crashes().keySet()) {
      latest = Math.max(latest, key.epoch());
    }
    for (Replica replica : observed.replicas().values()) {
      latest = Math.max(latest, replica.epoch());
    }
    return latest;
  }

  private void on(Event event) {
    Observed before = observed;
    observed = observed.after(event, clock.nanos(), pace);
    narrator.tell(event, before, observed, clock.nanos(), lastWords);
  }

  private void forget(Live live) {
    unwatch(live);
    lives.remove(live.id);
    try {
      journal.gone(live.id);
    } catch (CloudException e) {
      // Recovery finds out by itself that it is gone.
      voice.say(null, e.problem().sentence());
    }
  }

  private void saveQuietly() {
    try {
      journal.save(wish(desired));
    } catch (CloudException e) {
      voice.say(null, e.problem().sentence());
    }
  }

  /** Stops watching everything; replicas run on. */
  void detach() {
    lives.values().forEach(Reconciler::unwatch);
  }

  private static void unwatch(Live live) {
    Thread prober = live.prober;
    if (prober != null) {
      prober.interrupt();
      live.prober = null;
    }
  }

  private Duration drainLimit(Live live) {
    return revisions.process(live.key.revision(), live.key.slot()).timeouts().drain();
  }

  /** A worker may be in the middle of a job: it gets as long as requests get. */
  private Duration stopGrace(Live live) {
    Handle handle = live.handle;
    return handle != null && handle.address() == null ? drainLimit(live) : STOP_GRACE;
  }

  private static Wish wish(Desired wanted) {
    Target current = wanted.current();
    Target next = wanted.next();
    return new Wish(
        current == null ? null : (Long) current.revision(),
        next == null ? null : (Long) next.revision(),
        wanted.running(),
        current == null ? 0 : current.epoch());
  }

  /** Never reused for the life of the state folder: 32 bits of chance, and none that lives. */
  private String newId(Revision revision, Slot slot) {
    while (true) {
      String mark = Hex.of(parts.entropy().nextLong()).substring(0, 8);
      String id = revision.spec().name() + "." + slot + "-" + mark;
      if (!lives.containsKey(id)) {
        return id;
      }
    }
  }

  private double chance() {
    return (parts.entropy().nextLong() >>> 11) * 0x1.0p-53;
  }
}
