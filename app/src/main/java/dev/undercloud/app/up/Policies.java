package dev.undercloud.app.up;

import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.Maintenance;
import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.tls.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of the app at the edge: what its file says and what the operator has switched. Any
 * thread; each call returns when every event loop follows.
 */
final class Policies {
  /** Every loop looks at its tasks within a turn, which takes milliseconds. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(1);

  private final String app;
  private final MaintenanceFile file;
  private final Watch<EdgePolicies> published;
  private final EdgeView edge;
  private final Clock clock;
  private AppPolicy fromFile = AppPolicy.NONE;
  private Optional<Maintenance> maintenance;

  Policies(String app, Path file, Watch<EdgePolicies> published, EdgeView edge, Clock clock) {
    this.app = app;
    this.file = new MaintenanceFile(file);
    this.published = published;
    this.edge = edge;
    this.clock = clock;
    maintenance = this.file.read();
  }

  /** Follows what the app's files say now. */
  synchronized void follow(Resolution files) throws InterruptedException {
    AppSpec spec = files.spec();
    Timeouts timeouts = spec.web() == null ? Timeouts.DEFAULT : spec.web().timeouts();
    AppPolicy wanted = files.policy().at(spec.hosts(), timeouts);
    Tls.check(wanted.tls(), clock.now());
    fromFile = wanted;
    publish();
  }

  /** Closes or opens the app; it stays so until told otherwise, across restarts too. */
  synchronized void maintain(Optional<Maintenance> wanted) throws InterruptedException {
    file.write(wanted);
    maintenance = wanted;
    publish();
  }

  synchronized Optional<Maintenance> maintenance() {
    return maintenance;
  }

  /** Since when it is closed; empty where it is not. */
  synchronized Optional<Instant> closedSince() {
    return maintenance.isPresent() ? file.written() : Optional.empty();
  }

  /** What the app's file says, as it is published; folders of files as they lie in its source. */
  synchronized AppPolicy inForce() {
    return fromFile;
  }

  private void publish() throws InterruptedException {
    AppPolicy next = fromFile.with(maintenance);
    Map<String, AppPolicy> all = new HashMap<>();
    // A client that is to stay with a replica stays with it there, too.
    next.destinations().forEach(to -> all.put(to.name(), AppPolicy.NONE.with(next.balance())));
    all.put(app, next);
    long version = published.update(old -> new EdgePolicies(old.version() + 1, all)).version();
    long until = clock.nanos() + LONGEST.toNanos();
    while (edge.policiesInForce() < version) {
      if (clock.nanos() - until > 0) {
        throw CloudException.resource(
            "reload-late",
            "the edge has not taken the new rules yet",
            "an event loop did not answer for " + LONGEST.toSeconds() + " s",
            "They come into force when it answers again; undercloud doctor looks at the machine.");
      }
      clock.sleep(POLL);
    }
  }
}
