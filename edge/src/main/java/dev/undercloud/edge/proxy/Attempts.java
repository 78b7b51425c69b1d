package dev.undercloud.edge.proxy;

import dev.undercloud.core.route.Upstream;
import dev.undercloud.edge.balance.Balancer;
import dev.undercloud.edge.balance.Breaker;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange has tried, and so what it may try next. Its loop's thread only.
 *
 * <p>A request goes to a replica a second time only if nothing can have been done the first time
 * (no connection, or none of its bytes were taken), or if doing it twice does what doing it once
 * does; never after a byte of the response, nor when bytes of the body are gone.
 */
final class Attempts {
  /** Dials that fail cost no attempt: so many replicas may be tried before the first one again. */
  private static final int MOST_TRIED = 32;

  private final Loop loop;
  private final @Nullable ReplicaPool[] tried = new @Nullable ReplicaPool[MOST_TRIED];
  private int count;
  private int sent;
  private boolean freshOnly;
  private boolean broken;
  private boolean busy;
  private boolean full;
  private boolean probe;
  private boolean budgetSpent;
  private long waitsUntil;
  private long linesUpUntil;
  private long key;
  private long token;
  private String lastFailure = "";

  /** In flight on the replica chosen last, this exchange excluded. */
  int inFlightBefore;

  Attempts(Loop loop) {
    this.loop = loop;
  }

  void reset() {
    count = sent = 0;
    freshOnly = broken = busy = full = probe = budgetSpent = false;
    waitsUntil = linesUpUntil = key = token = 0;
    lastFailure = "";
  }

  /** The same request for another app of the same balance. */
  void startOver() {
    long sameKey = key;
    long sameToken = token;
    reset();
    key = sameKey;
    token = sameToken;
  }

  /** Reads what the choice depends on from the request that the loop has just parsed. */
  void read(App app, String client) {
    key = app.selector.key(loop, client);
    token = app.selector.token(loop);
  }

  /** The same as it was read when the loop had parsed it. */
  void read(long key, long token) {
    this.key = key;
    this.token = token;
  }

  /**
   * A request has come for the app.
   *
   * @return how long it is of no use to ask the app, in seconds; 0 where it may be asked
   */
  int begin(App app, long now) {
    app.queue.came();
    Breaker breaker = app.queue.service.breaker();
    Breaker.Verdict verdict = breaker.enter(now);
    if (verdict == Breaker.Verdict.REFUSE) {
      return breaker.retryAfter(now);
    }
    probe = verdict == Breaker.Verdict.PROBE;
    return 0;
  }

  /** The token that the client of a response from {@code pool} is to have; 0 for the one it has. */
  long newToken(App app, ReplicaPool pool, long now) {
    long own = pool.replica().token();
    return own == token || token != 0 && app.selector.of(token, now) != null ? 0 : own;
  }

  /** Time has passed: every replica may be tried again. */
  void again() {
    count = 0;
  }

  /**
   * A replica that has not failed this request, with this exchange on its count; null where there
   * is none. Whoever comes new does not overtake those who wait for room.
   */
  @Nullable ReplicaPool choose(App app, long now) {
    full = false;
    if (linesUpUntil == 0 && app.queue.service.waiting() > 0) {
      full = true;
      return null;
    }
    mark(true);
    ReplicaPool chosen = app.selector.choose(key, token, now);
    full = chosen == null && (busy || Balancer.lacksRoom(app.pools));
    mark(false);
    if (chosen == null) {
      return null;
    }
    inFlightBefore = chosen.replica().enter();
    if (chosen.replica().busy() <= chosen.mostInFlight) {
      return chosen;
    }
    // Another loop was quicker.
    chosen.replica().leave();
    full = true;
    return null;
  }

  /** Whether the last choice failed for want of room, so that a place in line is worth having. */
  boolean isFull() {
    return full;
  }

  private void mark(boolean is) {
    for (int i = 0; i < count; i++) {
      Objects.requireNonNull(tried[i]).markTried(is);
    }
  }

  /**
   * A kept connection that this request may use; null where it has to dial. What must not be sent
   * twice takes only one whose end cannot be on its way yet.
   */
  @Nullable UpstreamSide kept(ReplicaPool pool, boolean idempotent, long now) {
    if (freshOnly) {
      return null;
    }
    return pool.take(now - (idempotent ? pool.idleNanos : loop.reuseForWritesNanos));
  }

  /** Bytes of the request went out. */
  void sent() {
    sent++;
  }

  /** A kept connection turned out to be dead: no sign of anything wrong with its replica. */
  void keptConnectionFailed(String what) {
    freshOnly = true;
    lastFailure = what;
  }

  /** A replica takes no more connections at the moment. */
  void busy(@Nullable ReplicaPool pool, String what) {
    busy = true;
    lastFailure = what;
    remember(pool);
  }

  /**
   * A replica refused, or broke off before its response.
   *
   * @param connected whether it took the connection at least
   */
  void failed(ReplicaPool pool, String name, String how, boolean connected) {
    broken = true;
    pool.answered(true);
    lastFailure = name + " " + how;
    remember(pool);
    Upstream upstream = pool.replica().upstream();
    Duration out = pool.replica().failed(loop.nanos(), loop.upstreamLimits.ejection(), connected);
    if (!out.isZero()) {
      loop.log.replica(upstream, name + " is passed over for " + out.toMillis() + " ms: it " + how);
    }
  }

  private void remember(@Nullable ReplicaPool pool) {
    if (pool != null && count < MOST_TRIED) {
      tried[count++] = pool;
    }
  }

  /** Whether what was sent may be sent once more; if so, it counts. */
  boolean repeats(App app, long now) {
    if (sent >= loop.upstreamLimits.attempts()) {
      return false;
    }
    int percent = app.policy.balance().retryPercent();
    budgetSpent = !app.queue.service.retries().take(percent, now);
    return !budgetSpent;
  }

  /** Until when it may wait for a replica: one may be back within a moment. */
  long waitsUntil(App app, long now) {
    if (waitsUntil == 0) {
      waitsUntil = now + app.connectNanos;
    }
    return waitsUntil;
  }

  /** Whether it has had a place in line. */
  boolean linesUpAgain() {
    return linesUpUntil != 0;
  }

  /** Until when it may wait for room. */
  long linesUpUntil(App app, long begun, long now) {
    if (linesUpUntil == 0) {
      linesUpUntil = Math.min(now + app.queueNanos, begun + app.requestNanos);
    }
    return linesUpUntil;
  }

  /** The app answered. */
  void answered(App app) {
    if (probe) {
      probe = false;
      app.queue.service.breaker().answered();
    }
  }

  /** The client is told that the app failed. */
  void gaveUp(App app, long now) {
    app.queue.tell(now);
    Duration open = app.queue.service.breaker().failed(now, probe);
    probe = false;
    if (!open.isZero()) {
      String what = " is not asked for " + open.toMillis() + " ms: hardly any request is answered";
      loop.log.log(app.name(), null, null, app.name() + what);
    }
  }

  /** It is over, whatever came of it. */
  void over(App app) {
    if (probe) {
      probe = false;
      app.queue.service.breaker().gone();
    }
  }

  /** What the client is told where the request may not be sent again. */
  Answer refuse(App app, String replica, boolean idempotent) {
    String doubt = "; the request may have been acted on, so it was not sent to another replica";
    String spent = "; too many requests are being sent again already";
    String more = !idempotent ? doubt : budgetSpent ? spent : "";
    return Answer.badGateway(app, replica, lastFailure + more);
  }

  /** What the client is told where nothing more can be tried. */
  Answer surrender(App app, String replica) {
    if (app.pools.length == 0) {
      return Answer.noReplica(app, app.route.why());
    }
    if (full) {
      return app.queue.tooLong(app);
    }
    if (broken) {
      return Answer.badGateway(app, replica, lastFailure);
    }
    return Answer.busy(
        app, lastFailure.isEmpty() ? "Too many requests wait for it already" : lastFailure);
  }
}
