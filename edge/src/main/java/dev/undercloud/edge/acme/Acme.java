package dev.undercloud.edge.acme;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.Durations;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.tls.Identity;
import dev.undercloud.edge.tls.Tls;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;

/**
 * Keeps certificates of ACME authorities at hand for the names that rules ask for, and no others:
 * orders, proves, renews at two thirds of their lifetime, and waits longer after each failure. One
 * virtual thread of its own, which is idle where no rule asks.
 */
public final class Acme implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Renewals of many certificates are spread over this part of what is left of a lifetime. */
  private static final int JITTER = 20;

  private final AcmeConfig config;
  private final AcmeStore store;
  private final AcmeClient client;
  private final Tls tls;
  private final Clock clock;
  private final LogSink log;
  private final Map<TlsPolicy.Acme, Due> due = new HashMap<>();
  private volatile Set<TlsPolicy.Acme> wanted = Set.of();
  private Watch.@Nullable Subscription subscription;
  private @Nullable Thread keeper;
  private volatile boolean closed;

  public Acme(AcmeConfig config, AcmeStore store, Tls tls, Clock clock, LogSink log) {
    this.config = config;
    this.store = store;
    this.tls = tls;
    this.clock = clock;
    this.log = log;
    client = new AcmeClient(config, store, tls, clock);
  }

  /** Follows the latest rules from now on; not twice. */
  public void start(Watch<EdgePolicies> rules) {
    keeper = Thread.ofVirtual().name("acme").unstarted(this::keep);
    subscription =
        rules.follow(next -> {
          Set<TlsPolicy.Acme> all = new LinkedHashSet<>();
          for (AppPolicy app : next.apps().values()) {
            app.tls().acme().filter(a -> !a.names().isEmpty()).ifPresent(all::add);
          }
          wanted = all;
        });
    keeper.start();
  }

  private void keep() {
    try {
      while (true) {
        for (TlsPolicy.Acme each : wanted) {
          if (due.computeIfAbsent(each, this::due).isNow(clock)) {
            attempt(each);
            due.put(each, due(each));
          }
        }
        clock.sleep(LOOK);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * When something is to be done. By both clocks: the wall's goes on while the machine sleeps, and
   * somebody may set it back by years.
   *
   * @param nanos the latest moment of the monotonic clock
   */
  private record Due(Instant at, long nanos) {
    boolean isNow(Clock clock) {
      return !clock.now().isBefore(at) || clock.nanos() - nanos >= 0;
    }
  }

  private Due due(TlsPolicy.Acme acme) {
    Instant now = clock.now();
    Instant at = next(acme, now);
    long wait = Math.max(0, Duration.between(now, at).toSeconds());
    // Seconds of 292 years are what nanoseconds hold; no certificate lives as long.
    long nanos = Duration.ofSeconds(Math.min(wait, Long.MAX_VALUE / 2_000_000_000L)).toNanos();
    return new Due(at, clock.nanos() + nanos);
  }

  /** Renewal, or the next attempt, or the next day's order. */
  private Instant next(TlsPolicy.Acme acme, Instant now) {
    try {
      OrderState state = sane(acme, now);
      Instant renewal = store.certificate(acme).map(Acme::renewal).orElse(Instant.EPOCH);
      Instant cap = state.open().isPresent() ? Instant.EPOCH : state.nextOrder(config.mostADay());
      Instant next = latest(renewal, latest(state.notBefore(), cap));
      if (next.equals(cap) && cap.isAfter(now) && cap.isAfter(renewal)) {
        say(
            acme,
            "has ordered %d certificates within a day; the next one waits until %s"
                .formatted(config.mostADay(), cap));
      }
      return next;
    } catch (CloudException unusable) {
      say(acme, "cannot be looked after: " + unusable.getMessage());
      return now.plus(config.firstRetry());
    }
  }

  /** What was written by a clock that was ahead holds nobody up for longer than it may last. */
  private OrderState sane(TlsPolicy.Acme acme, Instant now) {
    OrderState read = store.state(acme);
    OrderState sane = read.before(now, now.plus(config.lastRetry()));
    if (!sane.equals(read)) {
      store.save(acme, sane);
    }
    return sane;
  }

  /** Chance is the serial number's, which is random: the same moment after every restart. */
  static Instant renewal(Identity identity) {
    Instant at = identity.renewAt();
    long spread = Duration.between(at, identity.notAfter()).toSeconds() / JITTER;
    long chance = identity.certificate().getSerialNumber().longValue() & Long.MAX_VALUE;
    return spread <= 0 ? at : at.plusSeconds(chance % spread);
  }

  private static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private void attempt(TlsPolicy.Acme acme) throws InterruptedException {
    try {
      Identity identity = client.obtain(acme);
      tls.renewed(acme.names());
      say(acme, "has a certificate until " + identity.notAfter());
    } catch (AcmeClient.Refused refused) {
      retry(acme, refused, true);
    } catch (AcmeException | RuntimeException failed) {
      // Whatever a library throws: this thread looks after the other names too.
      retry(acme, failed, false);
    }
  }

  private void retry(TlsPolicy.Acme acme, Exception cause, boolean forGood)
      throws InterruptedException {
    if (closed) {
      // Broken off by us: the order is taken up where it is.
      throw new InterruptedException();
    }
    OrderState state = store.state(acme);
    Duration pause = state.pause(config.firstRetry(), config.lastRetry());
    Instant now = clock.now();
    Instant next = latest(now.plus(pause), asked(cause));
    store.save(acme, forGood ? state.failed(next) : state.delayed(next));
    say(
        acme,
        "got no certificate: %s. The next attempt is in %s."
                .formatted(AcmeClient.inWords(cause), Durations.format(Duration.between(now, next)))
            + store
                .certificate(acme)
                .map(kept -> " The one in use is good until " + kept.notAfter() + ".")
                .orElse(""));
  }

  /** When the authority itself wants to hear of us again. */
  private static Instant asked(Exception cause) {
    return cause instanceof AcmeRateLimitedException limited
        ? limited.getRetryAfter().orElse(Instant.EPOCH)
        : Instant.EPOCH;
  }

  private void say(TlsPolicy.Acme acme, String what) {
    String names = String.join(", ", acme.names());
    log.log(new LogLine(clock.now(), LogLine.Source.EDGE, null, null, null, names + " " + what));
  }

  /** The certificate at hand for these names. */
  public Optional<Identity> certificate(TlsPolicy.Acme acme) {
    return store.certificate(acme);
  }

  @Override
  public void close() {
    closed = true;
    if (subscription != null) {
      subscription.close();
    }
    if (keeper != null) {
      keeper.interrupt();
    }
  }
}
