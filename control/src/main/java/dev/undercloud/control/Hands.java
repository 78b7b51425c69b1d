package dev.undercloud.control;

import dev.undercloud.control.health.HttpProbe;
import dev.undercloud.control.health.Probe;
import dev.undercloud.control.health.Prober;
import dev.undercloud.control.plan.Event;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What takes time: starting, watching, draining and ending replicas, each on a virtual thread of
 * its own. What came of it goes back to the controller's thread as events.
 */
final class Hands {
  private static final Duration DRAIN_POLL = Duration.ofMillis(20);

  /** Between two attempts to end a replica that the driver could not end. */
  private static final Duration STOP_AGAIN = Duration.ofSeconds(5);

  private final Parts parts;
  private final Duration workerStarted;
  private final Probe http1;
  private final Probe http2;
  private final Loop loop;
  private final Voice voice;
  private final Router router;
  private volatile boolean closed;

  Hands(Parts parts, Duration workerStarted, Loop loop, Voice voice, Router router) {
    this.parts = parts;
    this.workerStarted = workerStarted;
    http1 = new HttpProbe(parts.clock());
    http2 = HttpProbe.http2(parts.clock());
    this.loop = loop;
    this.voice = voice;
    this.router = router;
  }

  /** Starts a replica; {@code launched} or {@code failed} is called on the controller's thread. */
  void launch(Live live, ReplicaSpec spec, Consumer<Handle> launched, Consumer<String> failed) {
    run(
        "start-" + live.id,
        () -> {
          try {
            Handle handle = parts.driver().start(spec, line -> voice.output(live, line));
            loop.post(() -> launched.accept(handle));
          } catch (CloudException e) {
            loop.post(() -> failed.accept(Problems.notStarted(e.problem())));
          } catch (RuntimeException e) {
            loop.post(() -> failed.accept("could not be started: " + e));
          }
        });
  }

  /** Watches its health until the thread is interrupted. */
  Thread watch(
      Handle handle, Watched watched, ProcessSpec process, Entropy jitter, Consumer<Event> to) {
    Duration patience = process.timeouts().response();
    Prober.Listener listener =
        new Prober.Listener() {
          @Override
          public void passed() {
            to.accept(new Event.Passed(handle.id()));
          }

          @Override
          public void missed(String reason, boolean silent) {
            boolean busy = silent && parts.edge().inFlight(handle.id()) > 0;
            to.accept(new Event.Missed(handle.id(), reason, busy ? patience : Duration.ZERO));
          }
        };
    return new Prober(
            handle,
            watched.host,
            process.health(),
            workerStarted,
            told(watched, process.protocol() == Protocol.H2C ? http2 : http1),
            () -> parts.driver().listensElsewhere(handle),
            parts.clock(),
            jitter,
            listener)
        .start();
  }

  /**
   * A replica as health checks see it.
   *
   * @param host what their Host header says: the app's own
   */
  record Watched(String id, String app, String replica, String host) {}

  /** The probe, and whoever wants to know when it asked. */
  private Probe told(Watched watched, Probe probe) {
    return (address, host, check) -> {
      Instant from = parts.clock().now();
      try {
        return probe.ask(address, host, check);
      } finally {
        parts.work().worked(watched.id, watched.app, watched.replica, from, parts.clock().now());
      }
    };
  }

  /**
   * Waits until the edge sends nothing new to a replica and what is in flight has ended, at most
   * for {@code limit}.
   */
  void drain(Live live, Duration limit, Runnable done) {
    long version = router.version();
    run(
        "drain-" + live.id,
        () -> {
          long began = parts.clock().nanos();
          while (!closed && !idle(live.id, version)) {
            if (parts.clock().nanos() - began >= limit.toNanos()) {
              int cut = parts.edge().inFlight(live.id);
              voice.note(
                  live.name(),
                  "had " + cut + " requests in flight that did not end in time and are cut");
              break;
            }
            parts.clock().sleep(DRAIN_POLL);
          }
          loop.post(done);
        });
  }

  private boolean idle(String id, long version) {
    return parts.edge().versionInForce() >= version && parts.edge().inFlight(id) == 0;
  }

  /** Ends a replica; tries until it is done. */
  void stop(Live live, Handle handle, Duration grace, Runnable done) {
    run(
        "stop-" + live.id,
        () -> {
          while (!closed) {
            try {
              parts.driver().stop(handle, grace);
              loop.post(done);
              return;
            } catch (RuntimeException e) {
              voice.note(live.name(), "cannot be ended, trying again: " + e.getMessage());
              parts.clock().sleep(STOP_AGAIN);
            }
          }
        });
  }

  /** Lets go: what runs, runs on, and nothing is reported any more. */
  void close() {
    closed = true;
  }

  private void run(String name, Work work) {
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            work.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (Error e) {
            loop.die(e);
          }
        });
  }

  @FunctionalInterface
  private interface Work {
    void run() throws InterruptedException;
  }
}
