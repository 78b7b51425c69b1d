package dev.undercloud.edge.dns;

import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Soa;
import dev.undercloud.core.zone.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ZoneTransferException;

/**
 * A zone kept from its primary by AXFR (RFC 5936), looked after as its SOA says: every refresh, or
 * retry after a failure, soon after a NOTIFY (RFC 1996), and no longer answered when it has expired
 * (RFC 1035, 3.3.13), which counts from the primary's last confirmation through restarts. Without a
 * folder, or with nothing in it that can be used, it fails (SERVFAIL) until it has come. On a
 * virtual thread of its own.
 */
public final class Secondary implements AutoCloseable {
  /** Before there is an SOA that says. */
  private static final Duration FIRST_RETRY = Duration.ofSeconds(10);

  /** A primary's SOA cannot make us ask without end, */
  private static final Duration SOONEST = Duration.ofSeconds(5);

  /** nor can its notifications. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** How often a confirmation is noted on disk: after a crash a zone expires so much earlier. */
  private static final Duration NOTED_EVERY = Duration.ofMinutes(1);

  private final SecondaryConfig config;
  private final ZoneStore store;
  private final DnsName name;
  private final InetSocketAddress primary;
  private final @Nullable TsigKey key;
  private final Clock clock;
  private final LogSink log;
  private final @Nullable KeptZone kept;
  private final Thread thread;
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private volatile @Nullable Instant transferred;
  private volatile @Nullable Instant confirmed;

  /** What is served or was last; null before anything came. */
  private @Nullable Soa soa;

  private boolean expired;

  /** When the primary last confirmed it, in monotonic nanoseconds. */
  private long good;

  private Instant noted = Instant.MIN;

  // Guarded by this: how a notification wakes the thread and nothing else.
  private boolean sleeping;
  private boolean woken;
  private boolean closed;

  private Secondary(ZoneStore store, SecondaryConfig config, Clock clock, LogSink log) {
    this.config = config;
    this.store = store;
    this.clock = clock;
    this.log = log;
    name = config.zone();
    primary = config.primary();
    key = config.key().orElse(null);
    kept = config.folder().map(folder -> new KeptZone(folder, name)).orElse(null);
    thread = Thread.ofVirtual().name("dns-secondary-" + name).unstarted(this::run);
  }

  /** As the other, in memory only and without a word. */
  public static Secondary start(
      ZoneStore store, DnsName zone, InetSocketAddress primary, Clock clock) {
    return start(store, SecondaryConfig.of(zone, primary), clock, LogSink.NONE);
  }

  /**
   * Begins to keep a zone in {@code store}: as it was when it was kept last, where that has not
   * expired. Does not wait for the primary.
   *
   * @param log is told of each transfer, of what fails first, and of the end of failures
   * @throws dev.undercloud.core.error.CloudException where the store has a zone of that name, or no
   *     file can be named after it
   */
  public static Secondary start(ZoneStore store, SecondaryConfig config, Clock clock, LogSink log) {
    Secondary secondary = new Secondary(store, config, clock, log);
    store.fail(secondary.name);
    secondary.good = clock.nanos();
    secondary.resume();
    secondary.thread.start();
    return secondary;
  }

  /** Why the last look at the primary failed; null where it did not. */
  public @Nullable String problem() {
    return problem.get();
  }

  SecondaryConfig config() {
    return config;
  }

  /** How it is doing. */
  SecondaryState state() {
    String why = problem.get();
    return new SecondaryState(
        name,
        primary,
        Optional.ofNullable(transferred),
        Optional.ofNullable(confirmed),
        why == null ? "" : why);
  }

  /** What it and its primary sign with; null: nothing. */
  @Nullable TsigKey key() {
    return key;
  }

  /** Whether {@code from} is the one whose word counts. */
  boolean isPrimary(InetAddress from) {
    return primary.getAddress().equals(from);
  }

  /** Looks at the primary soon. Any thread but event loops: it may wait for a moment. */
  synchronized void notified() {
    woken = true;
    if (sleeping) {
      thread.interrupt();
    }
  }

  private void resume() {
    if (kept == null) {
      return;
    }
    try {
      KeptZone.Kept last = kept.read();
      if (last == null) {
        return;
      }
      // A clock that was set back makes it no younger than it is now.
      Duration age = Duration.between(last.confirmed(), clock.now());
      age = age.isNegative() ? Duration.ZERO : age;
      if (age.toSeconds() >= last.zone().soa().expire()) {
        say("was last confirmed at " + last.confirmed() + " and has expired");
        return;
      }
      store.hold(last.zone());
      soa = last.zone().soa();
      transferred = last.transferred();
      confirmed = last.confirmed();
      good = clock.nanos() - age.toNanos();
    } catch (IOException | IllegalArgumentException unusable) {
      say("cannot be served from " + kept.file() + " until it has come: " + unusable.getMessage());
    }
  }

  private void run() {
    try {
      while (true) {
        long began = clock.nanos();
        Duration pause = look();
        await(pause);
        Duration since = Duration.ofNanos(clock.nanos() - began);
        if (since.compareTo(BETWEEN_LOOKS) < 0) {
          clock.sleep(BETWEEN_LOOKS.minus(since));
        }
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the primary; how long to wait until the next time. */
  private Duration look() {
    Duration pause;
    try {
      Zone fresh = PrimaryZone.newer(name, primary, key, expired ? null : soa);
      good = clock.nanos();
      confirmed = clock.now();
      if (problem.getAndSet(null) != null) {
        say("can be looked at again");
      }
      note(fresh);
      if (fresh != null) {
        take(fresh);
      }
      pause = Duration.ofSeconds(soa == null ? 0 : soa.refresh());
    } catch (IOException | ZoneTransferException | RuntimeException failure) {
      // Also where a zone file of that name has come to be: it goes on when that is gone.
      String why = primary + ": " + failure.getMessage();
      if (problem.getAndSet(why) == null) {
        say("could not be looked at: " + why);
      }
      pause = soa == null ? FIRST_RETRY : Duration.ofSeconds(soa.retry());
      pause = expire(pause);
    }
    return pause.compareTo(SOONEST) < 0 ? SOONEST : pause;
  }

  /** Serves it no more where it has expired; else a pause that ends when it does. */
  private Duration expire(Duration pause) {
    if (soa == null || expired) {
      return pause;
    }
    Duration left = Duration.ofSeconds(soa.expire()).minusNanos(clock.nanos() - good);
    if (left.isPositive()) {
      return left.compareTo(pause) < 0 ? left : pause;
    }
    store.fail(name);
    expired = true;
    say("has expired: its primary has not confirmed it for " + soa.expire() + " s");
    return pause;
  }

  private void take(Zone fresh) {
    store.hold(fresh);
    soa = fresh.soa();
    expired = false;
    transferred = clock.now();
    say(
        "came from "
            + primary
            + " with serial "
            + fresh.soa().serial()
            + " and "
            + (fresh.records().size() + 1)
            + " records");
  }

  /**
   * Keeps what came, before it is served, or that it was confirmed. Without room on disk it is
   * served all the same.
   */
  private void note(@Nullable Zone fresh) {
    if (kept == null) {
      return;
    }
    Instant now = clock.now();
    try {
      if (fresh != null) {
        kept.write(fresh, primary.getAddress().getHostAddress() + ":" + primary.getPort(), now);
      } else if (noted.isBefore(now.minus(NOTED_EVERY)) || noted.isAfter(now)) {
        kept.confirm(now);
      } else {
        return;
      }
      noted = now;
    } catch (IOException full) {
      say("could not be kept in " + kept.file() + ": " + full.getMessage());
    }
  }

  private void say(String what) {
    log.log(
        new LogLine(
            clock.now(), LogLine.Source.EDGE, null, null, null, "The zone " + name + " " + what));
  }

  /** Sleeps, at most until somebody notifies. */
  private void await(Duration pause) throws InterruptedException {
    synchronized (this) {
      if (closed) {
        throw new InterruptedException();
      }
      if (woken) {
        woken = false;
        return;
      }
      sleeping = true;
    }
    try {
      clock.sleep(pause);
    } catch (InterruptedException woke) {
      // Whether to end is decided below.
    }
    synchronized (this) {
      sleeping = false;
      woken = false;
      Thread.interrupted();
      if (closed) {
        throw new InterruptedException();
      }
    }
  }

  /** Keeps no zone any more: the store forgets it; its file stays. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      thread.interrupt();
    }
    try {
      thread.join();
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    store.release(name);
  }
}
