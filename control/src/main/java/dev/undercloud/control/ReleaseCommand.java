package dev.undercloud.control;

import dev.undercloud.control.journal.Journal;
import dev.undercloud.control.journal.ReplicaRow;
import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.plan.Replica;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.Durations;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs an app's release command, once per release, on the thread of the deploy. */
final class ReleaseCommand {
  /** A migration that takes longer belongs beside a deploy, not into one. */
  static final Duration LIMIT = Duration.ofMinutes(10);

  private final String key;
  private final Driver driver;
  private final Journal journal;
  private final Voice voice;
  private final Clock clock;

  ReleaseCommand(String key, Driver driver, Journal journal, Voice voice, Clock clock) {
    this.key = key;
    this.driver = driver;
    this.journal = journal;
    this.voice = voice;
    this.clock = clock;
  }

  /** Whether it is still to be run for this revision. */
  boolean due(Revision revision) {
    Command command = revision.spec().release();
    return command != null && !journal.releaseCommandDone(revision.release().id(), command.text());
  }

  /**
   * Runs it to its end.
   *
   * @param mark makes its id unique
   * @param serving whether an earlier release serves meanwhile, for the error's remedy
   * @throws CloudException where it fails; whatever it had started has ended then
   */
  void run(Revision revision, String mark, boolean serving) throws InterruptedException {
    Command command = revision.spec().release();
    if (command == null) {
      return;
    }
    String id = revision.spec().name() + ".release-" + mark;
    Replica.Key place = new Replica.Key(new Slot("release", 1), revision.number(), 0);
    Live live = new Live(id, place, revision.release().id(), clock.now());
    journal.intend(
        new ReplicaRow(id, ReplicaRow.RELEASE, 1, revision.number(), 0, 0, live.startedAt, null));
    try {
      Handle handle =
          driver.start(
              Specs.releaseCommand(key, id, revision, command), line -> voice.output(live, line));
      try {
        journal.launched(handle);
        judge(
            revision, live, driver.exit(handle).get(LIMIT.toSeconds(), TimeUnit.SECONDS), serving);
      } catch (TimeoutException e) {
        String how = "was still running after " + Durations.format(LIMIT);
        throw new CloudException(Problems.releaseCommand(revision, how, live.tail, serving));
      } catch (ExecutionException e) {
        throw new IllegalStateException("nobody saw how the release command ended", e.getCause());
      } finally {
        driver.stop(handle, Reconciler.STOP_GRACE);
      }
    } finally {
      journal.gone(id);
    }
    journal.releaseCommandIsDone(revision.release().id(), command.text(), clock.now());
  }

  private static void judge(Revision revision, Live live, Exit exit, boolean serving) {
    if (exit.code() != 0) {
      Problem problem =
          Problems.releaseCommand(revision, "ended: " + exit.words(), live.tail, serving);
      throw new CloudException(problem);
    }
  }
}
