package dev.undercloud.control;

import dev.undercloud.control.journal.EventRow;
import dev.undercloud.control.journal.Journal;
import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.journal.ScaleRow;
import dev.undercloud.control.journal.SpecJson;
import dev.undercloud.control.journal.SqliteJournal;
import dev.undercloud.control.plan.Crashes;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.control.plan.Target;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.id.Hex;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.runtime.build.Release;
import dev.undercloud.runtime.driver.Handle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs one app: keeps as many healthy replicas of its release as are wanted, and replaces them
 * without a failed request. Commands block the caller's (virtual) thread until they are carried out
 * and may be given from any thread; deploy, scale and restart refuse to run beside each other, stop
 * and close break them off.
 *
 * <p>{@link #start} comes first, {@link #close} last.
 */
public final class Controller implements AutoCloseable {
  /** How long a deploy waits for the edge to route by its table; it is a matter of milliseconds. */
  private static final Duration EDGE_LIMIT = Duration.ofSeconds(5);

  private static final Duration EDGE_POLL = Duration.ofMillis(5);
  private static final Duration USAGE_INTERVAL = Duration.ofSeconds(5);

  /** What becomes of replicas when the controller ends. */
  public enum Ending {
    /** They run on, for the next controller to adopt. */
    DETACH,
    /** They are drained and ended, and stay so until the next deploy. */
    STOP_ALL
  }

  private final Config config;
  private final Parts parts;
  private final Journal journal;
  private final Voice voice;
  private final Loop loop;
  private final Router router;
  private final Hands hands;
  private final Reconciler reconciler;
  private final UsageMeter usage;
  private final StatusView view;
  private final ReentrantLock command = new ReentrantLock();
  private final Object commandGuard = new Object();
  private @Nullable Thread commanding;
  private boolean brokenOff;
  private volatile boolean closed;

  /**
   * Opens the journal; nothing runs yet.
   *
   * @throws CloudException when the state folder cannot be written, or another process runs the app
   */
  public Controller(Config config, Parts parts) {
    this(config, parts, SqliteJournal.open(config.state().resolve("control.db")));
  }

  Controller(Config config, Parts parts, Journal journal) {
    this.config = config;
    this.parts = parts;
    this.journal = journal;
    voice = new Voice(parts.log(), parts.clock(), journal);
    loop = new Loop(voice);
    router = new Router(parts.table());
    hands = new Hands(parts, config.pace().workerStarted(), loop, voice, router);
    reconciler = new Reconciler(config, parts, journal, loop, hands, voice, router);
    usage = new UsageMeter(parts.driver(), parts.clock());
    view = new StatusView(reconciler.lives, usage);
  }

  /** Takes over what an earlier process left, and begins to reconcile. */
  public Recovered start() throws InterruptedException {
    Recovered found = new Recovery(config, parts.driver(), journal, reconciler, voice).run();
    if (!found.isEmpty()) {
      voice.note(null, found.sentence());
    }
    loop.start(reconciler::reconcile, reconciler::state);
    Thread.ofVirtual().name("usage").start(this::sampleUsage);
    return found;
  }

  /**
   * Builds the project as it is on disk, runs its release command, starts its replicas, and
   * switches to them when all are healthy. Returns when every new request reaches the new release;
   * replicas of the old one may be draining still.
   *
   * @throws CloudException with the reason and the app's last lines; the release before is
   *     untouched
   */
  public DeployResult deploy(AppSpec spec, Progress progress) throws InterruptedException {
    return exclusively(spec.name(), () -> deployAlone(spec, progress));
  }

  private DeployResult deployAlone(AppSpec spec, Progress progress) throws InterruptedException {
    long began = parts.clock().nanos();
    voice.app(spec.name());
    progress.step(Progress.Phase.BUILD, "building " + spec.name(), 0, 0);
    Release release = parts.builder().build(spec, voice::build);
    checkOpen(spec.name());
    if (loop.call(() -> unchanged(release, spec))) {
      Waiting.serving(loop, this::problem, config.pace(), progress);
      voice.note(null, "deploy: nothing changed, release " + release.id() + " serves");
      return result(release, false, began, "nothing changed: release " + release.id() + " serves");
    }
    Revision revision = journal.add(release, spec, parts.clock().now());
    ReleaseCommand once =
        new ReleaseCommand(config.key(), parts.driver(), journal, voice, parts.clock());
    if (once.due(revision)) {
      progress.step(Progress.Phase.RELEASE, "running the release command", 0, 0);
      String mark = loop.call(() -> Hex.of(parts.entropy().nextLong()).substring(0, 8));
      once.run(revision, mark, loop.state().desired().active() != null);
    }
    checkOpen(spec.name());
    loop.call(() -> {
      reconciler.rollOut(revision);
      return true;
    });
    try {
      Waiting.rollout(loop, revision, progress);
    } catch (InterruptedException e) {
      loop.post(() -> reconciler.cancelRollout(Problems.cancelled(spec.name())));
      throw e;
    }
    progress.step(Progress.Phase.SWITCH, "release " + release.id() + " takes over", 0, 0);
    awaitEdge();
    tidy();
    return result(release, true, began, "release " + release.id() + " serves");
  }

  /** The release before stays until the next deploy: its replicas may be draining still. */
  private void tidy() {
    try {
      parts.builder().retain(journal.releases());
    } catch (CloudException e) {
      voice.say(null, e.problem().sentence());
    }
  }

  private DeployResult result(Release release, boolean changed, long began, String sentence) {
    Duration took = Duration.ofNanos(parts.clock().nanos() - began);
    return new DeployResult(release.id(), changed, took, sentence);
  }

  /**
   * On the loop: whether nothing but counts differs from what runs. Then takes the counts, and
   * tries at once again what had failed.
   */
  private boolean unchanged(Release release, AppSpec spec) {
    Revision current = loop.state().current();
    if (current == null
        || reconciler.desired().active() == null
        || !current.release().equals(release)
        || !SpecJson.write(Wants.withoutCounts(spec))
            .equals(SpecJson.write(Wants.withoutCounts(current.spec())))) {
      return false;
    }
    if (!SpecJson.write(spec).equals(SpecJson.write(current.spec()))) {
      reconciler.adjust(new Revision(current.number(), current.created(), release, spec));
    }
    reconciler.forgive();
    return true;
  }

  /**
   * Sets how many replicas of a process run; holds until the app's files say another number.
   * Returns when so many are healthy.
   *
   * @throws CloudException when there is no such process, or a new replica does not start
   */
  public void scale(String process, int count, Progress progress) throws InterruptedException {
    exclusively(
        process,
        () -> {
          loop.call(() -> {
            scaleTo(process, count);
            return true;
          });
          Waiting.serving(loop, this::problem, config.pace(), progress);
          return true;
        });
  }

  private void scaleTo(String process, int count) {
    Revision current = loop.state().current();
    Target target = reconciler.desired().current();
    if (current == null || target == null) {
      throw new CloudException(Problems.nothingDeployed(config.key()));
    }
    if (reconciler.desired().active() == null) {
      throw new CloudException(Problems.stopped(current.spec().name()));
    }
    ProcessSpec declared = current.spec().processes().get(process);
    if (declared == null || count < 0 || count > ProcessSpec.MOST_REPLICAS) {
      throw CloudException.user(
          "scale-refused",
          process + " cannot be scaled to " + count,
          declared == null
              ? "the app's processes are " + String.join(", ", current.spec().processes().keySet())
              : "a process has 0 to " + ProcessSpec.MOST_REPLICAS + " replicas",
          "Name one of its processes and a count: undercloud scale web=2");
    }
    journal.scale(process, new ScaleRow(count, declared.replicas()));
    reconciler.forgive();
    reconciler.want(reconciler.desired().withCurrent(target.withCount(process, count)));
    voice.note(null, process + " is scaled to " + count);
  }

  /**
   * Replaces every replica by a new one of the same release, one at a time and the new one first.
   * Starts a stopped app. Returns when all are replaced.
   */
  public void restart(Progress progress) throws InterruptedException {
    exclusively(
        config.key(),
        () -> {
          loop.call(() -> {
            if (reconciler.desired().current() == null) {
              throw new CloudException(Problems.nothingDeployed(config.key()));
            }
            reconciler.restart();
            return true;
          });
          voice.note(null, "restart");
          Waiting.serving(loop, this::problem, config.pace(), progress);
          return true;
        });
  }

  /** Drains and ends all replicas; they stay so until a deploy or restart. */
  public void stop(Progress progress) throws InterruptedException {
    breakOff();
    loop.call(() -> {
      AppSpec spec = spec();
      reconciler.cancelRollout(Problems.cancelled(spec == null ? config.key() : spec.name()));
      reconciler.stopAll();
      return true;
    });
    Waiting.gone(loop, progress);
  }

  public AppStatus status() {
    return view.of(loop.state());
  }

  /** What happened lately, oldest first. */
  public List<EventRow> events(int most) {
    return journal.events(most);
  }

  /** What serves now or did before a stop, as it was deployed; null before the first deploy. */
  public @Nullable AppSpec spec() {
    Revision current = loop.state().current();
    return current == null ? null : current.spec();
  }

  @Override
  public void close() {
    close(Ending.DETACH);
  }

  /**
   * Ends the controller. Whatever command goes on is broken off. Not to be interrupted: what ends a
   * program interrupts its threads, and replicas would be left behind.
   */
  public void close(Ending ending) {
    closed = true;
    breakOff();
    try {
      if (ending == Ending.STOP_ALL) {
        uninterrupted(this::stopForGood);
      }
    } finally {
      hands.close();
      loop.close();
      reconciler.detach();
      journal.close();
    }
  }

  private void stopForGood() throws InterruptedException {
    stop(Progress.NONE);
    loop.call(() -> {
      reconciler.forgetRoute();
      return true;
    });
  }

  private static void uninterrupted(Work work) {
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .name("stop")
            .start(() -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                failure.set(new IllegalStateException("nobody knows this thread", e));
              } catch (RuntimeException e) {
                failure.set(e);
              }
            });
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    RuntimeException thrown = failure.get();
    if (thrown != null) {
      throw thrown;
    }
  }

  /** A command that waits for a build or a release command has to hear of it. */
  private void breakOff() {
    synchronized (commandGuard) {
      if (commanding != null && commanding != Thread.currentThread()) {
        brokenOff = true;
        commanding.interrupt();
      }
    }
  }

  private void checkOpen(String app) {
    synchronized (commandGuard) {
      if (closed || brokenOff) {
        throw new CloudException(Problems.cancelled(app));
      }
    }
  }

  private Problem problem(Slot slot, Crashes crashes) {
    State state = loop.state();
    Revision current = state.current();
    return Problems.replica(
        current == null ? config.key() : current.spec().name(),
        slot,
        crashes.lastReason(),
        reconciler.lastWords(slot));
  }

  private void awaitEdge() throws InterruptedException {
    long began = parts.clock().nanos();
    while (parts.edge().versionInForce() < router.version()
        && parts.clock().nanos() - began < EDGE_LIMIT.toNanos()) {
      parts.clock().sleep(EDGE_POLL);
    }
  }

  private void sampleUsage() {
    try {
      while (!closed) {
        for (Live live : reconciler.lives.values()) {
          Handle handle = live.handle;
          if (handle != null) {
            usage.sample(handle);
          }
        }
        usage.keep(reconciler.lives.keySet());
        parts.clock().sleep(USAGE_INTERVAL);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts it; if one did, usage is not worth a complaint.
    }
  }

  private <T> T exclusively(String app, Command<T> work) throws InterruptedException {
    if (!command.tryLock()) {
      throw new CloudException(Problems.busy(app));
    }
    try {
      begin();
      return work.run();
    } catch (InterruptedException e) {
      if (end()) {
        throw new CloudException(Problems.cancelled(app));
      }
      throw e;
    } finally {
      end();
      command.unlock();
    }
  }

  private void begin() throws InterruptedException {
    synchronized (commandGuard) {
      commanding = Thread.currentThread();
      brokenOff = false;
    }
    loop.call(() -> {
      reconciler.forgetAborted();
      return true;
    });
  }

  /**
   * Whether the command was broken off by another one; an interrupt that came too late is cleared.
   */
  private boolean end() {
    synchronized (commandGuard) {
      commanding = null;
      if (brokenOff) {
        Thread.interrupted();
      }
      return brokenOff;
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws InterruptedException;
  }

  @FunctionalInterface
  private interface Command<T> {
    T run() throws InterruptedException;
  }
}
