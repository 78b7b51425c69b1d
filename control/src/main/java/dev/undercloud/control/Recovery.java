package dev.undercloud.control;

import dev.undercloud.control.journal.Journal;
import dev.undercloud.control.journal.ReplicaRow;
import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.journal.Wish;
import dev.undercloud.control.plan.Desired;
import dev.undercloud.control.plan.Replica;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.control.plan.Target;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happens before a controller's first thought: takes over what an earlier process left, and
 * ends what has no place. A deploy that had not reached its switch is rolled back; one that had is
 * completed. Runs on the thread that starts the controller.
 */
final class Recovery {
  private final Config config;
  private final Driver driver;
  private final Journal journal;
  private final Reconciler reconciler;
  private final Voice voice;
  private final List<String> adopted = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private final Set<String> keep = new TreeSet<>();
  private final Set<String> ended = new TreeSet<>();

  Recovery(Config config, Driver driver, Journal journal, Reconciler reconciler, Voice voice) {
    this.config = config;
    this.driver = driver;
    this.journal = journal;
    this.reconciler = reconciler;
    this.voice = voice;
  }

  Recovered run() throws InterruptedException {
    Wish wish = journal.wish();
    @Nullable String rolledBack = null;
    if (wish.next() != null) {
      rolledBack =
          journal
              .revision(wish.next())
              .map(revision -> revision.release().id())
              .orElse("of revision " + wish.next());
      wish = new Wish(wish.current(), null, wish.running(), wish.epoch());
      journal.save(wish);
    }
    @Nullable Revision current =
        wish.current() == null ? null : journal.revision(wish.current()).orElse(null);
    Target target = current == null ? null : Wants.of(current, wish.epoch(), journal.scales());
    Desired desired = new Desired(target, target != null && wish.running(), null, 0);
    reconciler.restore(desired, current);
    if (current != null) {
      voice.app(current.spec().name());
    }
    takeOver(desired.active(), current);
    return new Recovered(
        desired.active() == null || current == null ? null : current.release().id(),
        adopted.stream().sorted().toList(),
        lost.stream().sorted().toList(),
        List.copyOf(ended),
        rolledBack);
  }

  private void takeOver(@Nullable Target active, @Nullable Revision current)
      throws InterruptedException {
    List<ReplicaRow> unwanted = new ArrayList<>();
    for (ReplicaRow row : journal.replicas()) {
      Handle handle = row.handle();
      if (handle != null && active != null && current != null && wanted(active, row)) {
        adopt(row, handle, current);
      } else {
        unwanted.add(row);
      }
    }
    end(unwanted);
  }

  private static boolean wanted(Target active, ReplicaRow row) {
    return !row.process().equals(ReplicaRow.RELEASE)
        && active.covers(new Slot(row.process(), row.ordinal()), row.revision());
  }

  private void adopt(ReplicaRow row, Handle handle, Revision current) {
    Slot slot = new Slot(row.process(), row.ordinal());
    Live live =
        new Live(
            row.id(),
            new Replica.Key(slot, row.revision(), row.epoch()),
            current.release().id(),
            row.intended());
    if (driver.adopt(handle, line -> voice.output(live, line))) {
      keep.add(row.id());
      adopted.add(slot.toString());
      reconciler.restore(live, handle, row.restarts());
    } else {
      lost.add(slot.toString());
      journal.gone(row.id());
    }
  }

  private void end(ReplicaRow row, Handle handle) {
    try {
      driver.stop(handle, Reconciler.STOP_GRACE);
    } catch (CloudException e) {
      voice.say(null, "replica " + row.id() + " of an earlier run: " + e.problem().sentence());
    }
  }

  /** All at once: each may take its whole grace. */
  private void end(List<ReplicaRow> rows) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (ReplicaRow row : rows) {
      Handle handle = row.handle();
      if (handle != null) {
        threads.add(Thread.ofVirtual().name("end-" + row.id()).start(() -> end(row, handle)));
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    // A row goes only when nothing is left: those whose intent alone is known are for the sweep.
    ended.addAll(
        rows.stream()
            .filter(row -> row.handle() != null)
            .map(ReplicaRow::id)
            .collect(Collectors.toSet()));
    ended.addAll(driver.sweep(config.key(), keep));
    rows.forEach(row -> journal.gone(row.id()));
  }
}
