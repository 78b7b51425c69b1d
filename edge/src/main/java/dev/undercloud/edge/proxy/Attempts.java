package dev.undercloud.edge.proxy;

import dev.undercloud.core.route.Upstream;
import dev.undercloud.edge.balance.TwoChoices;
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
  private long waitsUntil;
  private String lastFailure = "";

  Attempts(Loop loop) {
    this.loop = loop;
  }

  void reset() {
    count = sent = 0;
    freshOnly = broken = busy = false;
    waitsUntil = 0;
    lastFailure = "";
  }

  /** Time has passed: every replica may be tried again. */
  void again() {
    count = 0;
  }

  /** A replica that has not failed this request; null where there is none. */
  @Nullable ReplicaPool choose(App app, long now) {
    if (count == 0) {
      return TwoChoices.choose(app.pools, loop.entropy, now);
    }
    mark(true);
    ReplicaPool chosen = TwoChoices.choose(app.pools, loop.entropy, now);
    mark(false);
    return chosen;
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
  @Nullable UpstreamConnection kept(ReplicaPool pool, boolean idempotent, long now) {
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

  /** A replica refused, or broke off before its response. */
  void failed(ReplicaPool pool, String name, String how) {
    broken = true;
    lastFailure = name + " " + how;
    remember(pool);
    Upstream upstream = pool.replica().upstream();
    Duration out = pool.replica().failed(loop.nanos(), loop.upstreamLimits.ejection());
    if (!out.isZero()) {
      loop.log.replica(upstream, name + " is passed over for " + out.toMillis() + " ms: it " + how);
    }
  }

  private void remember(@Nullable ReplicaPool pool) {
    if (pool != null && count < MOST_TRIED) {
      tried[count++] = pool;
    }
  }

  boolean left() {
    return sent < loop.upstreamLimits.attempts();
  }

  /** Until when it may wait for a replica: one may be back within a moment. */
  long waitsUntil(App app, long now) {
    if (waitsUntil == 0) {
      waitsUntil = now + (busy ? app.responseNanos : app.connectNanos);
    }
    return waitsUntil;
  }

  /** What the client is told where the request may not be sent again. */
  Answer refuse(App app, String replica, boolean idempotent) {
    String doubt = "; the request may have been acted on, so it was not sent to another replica";
    return Answer.badGateway(app, replica, lastFailure + (idempotent ? "" : doubt));
  }

  /** What the client is told where nothing more can be tried. */
  Answer surrender(App app, String replica) {
    if (app.pools.length == 0) {
      return Answer.noReplica(app, app.route.why());
    }
    if (broken) {
      return Answer.badGateway(app, replica, lastFailure);
    }
    return Answer.busy(
        app, lastFailure.isEmpty() ? "Too many requests wait for it already" : lastFailure);
  }
}
