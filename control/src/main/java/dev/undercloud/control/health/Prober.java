package dev.undercloud.control.health;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Handle;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Watches the health of one replica on a virtual thread of its own: often while it starts or is in
 * doubt, then once an interval with jitter, so that replicas are not all asked at once.
 */
public final class Prober {
  /** How often a worker is said to be alive still. */
  private static final Duration WORKER_INTERVAL = Duration.ofSeconds(5);

  private static final Duration FIRST_DELAY = Duration.ofMillis(50);
  private static final Duration LONGEST_START_DELAY = Duration.ofMillis(500);

  /** After a failed check the next comes sooner: a dead replica costs requests every second. */
  private static final Duration DOUBT_DELAY = Duration.ofSeconds(1);

  /** An app that has not made its socket by then may be listening elsewhere. */
  private static final Duration LOOK_ELSEWHERE = Duration.ofSeconds(2);

  private final Handle handle;
  private final String host;
  private final HealthCheck check;
  private final Duration workerStarted;
  private final Probe probe;
  private final Supplier<Optional<String>> elsewhere;
  private final Clock clock;
  private final Entropy entropy;
  private final Listener listener;
  private boolean ready;

  /**
   * @param elsewhere in words, where the replica listens when it is not where it should; asked
   *     while it does not answer
   * @param workerStarted how long a replica that takes no connections must live to count as healthy
   * @param entropy for the jitter; used on the prober's thread alone
   */
  public Prober(
      Handle handle,
      String host,
      HealthCheck check,
      Duration workerStarted,
      Probe probe,
      Supplier<Optional<String>> elsewhere,
      Clock clock,
      Entropy entropy,
      Listener listener) {
    this.handle = handle;
    this.host = host;
    this.check = check;
    this.workerStarted = workerStarted;
    this.probe = probe;
    this.elsewhere = elsewhere;
    this.clock = clock;
    this.entropy = entropy;
    this.listener = listener;
  }

  /** Starts to watch; interrupt the thread to end it. */
  public Thread start() {
    return Thread.ofVirtual().name("health-" + handle.id()).start(this::run);
  }

  private void run() {
    try {
      Address address = handle.address();
      if (address == null) {
        watchWorker();
      } else {
        watch(address);
      }
    } catch (InterruptedException e) {
      // The replica is on its way out: nobody wants to know any more.
    }
  }

  private void watchWorker() throws InterruptedException {
    clock.sleep(workerStarted);
    while (true) {
      listener.passed();
      clock.sleep(WORKER_INTERVAL);
    }
  }

  private void watch(Address address) throws InterruptedException {
    long began = clock.nanos();
    long lookedAt = began;
    String place = "";
    Duration delay = FIRST_DELAY;
    while (true) {
      clock.sleep(delay);
      Answer answer = probe.ask(address, host, check);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (answer.passed()) {
        ready = true;
        place = "";
        listener.passed();
      } else {
        if (!ready && clock.nanos() - lookedAt > LOOK_ELSEWHERE.toNanos()) {
          lookedAt = clock.nanos();
          place = elsewhere();
        }
        listener.missed(answer.reason() + place, answer.silent());
      }
      delay = next(delay, answer.passed());
    }
  }

  private Duration next(Duration before, boolean passed) {
    if (passed) {
      // A tenth either way.
      long tenth = Math.max(1, check.interval().toNanos() / 10);
      return check.interval().plusNanos(Math.floorMod(entropy.nextLong(), 2 * tenth) - tenth);
    }
    if (ready) {
      return check.interval().compareTo(DOUBT_DELAY) < 0 ? check.interval() : DOUBT_DELAY;
    }
    Duration longer = before.multipliedBy(3).dividedBy(2);
    return longer.compareTo(LONGEST_START_DELAY) < 0 ? longer : LONGEST_START_DELAY;
  }

  private String elsewhere() {
    return elsewhere.get().map(words -> "; " + words + ": is it written for that?").orElse("");
  }

  /** Hears what was found, on the prober's thread. */
  public interface Listener {
    void passed();

    /**
     * @param silent see {@link Answer#silent}
     */
    void missed(String reason, boolean silent);
  }
}
