package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.Balance;
import dev.undercloud.edge.balance.Replica;
import dev.undercloud.edge.balance.Service;
import dev.undercloud.edge.balance.WaitingLine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's part in serving one app, across tables: who waits for room at its replicas, and
 * counts on their way to the other loops. Its loop's thread, but for {@link #waiting}.
 */
final class AppQueue implements Service.Part {
  /** Told where the line has not shown how fast it moves. */
  private static final int RETRY_UNKNOWN = 2;

  private static final int LONGEST_RETRY = 60;

  final Service service;
  private final Loop loop;
  private final WaitingLine<Exchange> line;
  private final Runnable serve = this::serveWoken;
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile int waiting;
  private @Nullable App app;
  private long came;
  private boolean told;

  AppQueue(Loop loop, Service service) {
    this.loop = loop;
    this.service = service;
    line = new WaitingLine<>(loop.nanos());
    service.join(this);
  }

  /** The app as the table in force has it. */
  void follow(App latest) {
    app = latest;
  }

  /** The app has left the table: who waits here is told so. */
  void leave() {
    service.leave(this);
    for (Exchange next = line.next(loop.nanos()); next != null; next = line.next(loop.nanos())) {
      counted(-1);
      next.toReplica.retry();
    }
  }

  @Override
  public int waiting() {
    return waiting;
  }

  private void counted(int more) {
    service.waits(more);
    waiting = line.length();
  }

  /** A request for the app. */
  void came() {
    came++;
  }

  /** Whether {@code exchange} waits for room from now on; if not, why it does not. */
  @Nullable Answer wait(Exchange exchange, App app, boolean again, long now, long until) {
    if (again && until - now > 0) {
      line.putBack(exchange);
      counted(1);
      return null;
    }
    Answer refusal = again ? tooLong(app) : refusal(app, until - now);
    if (refusal == null) {
      line.add(exchange, now, until);
      counted(1);
    }
    return refusal;
  }

  /**
   * Why a request that would have to wait had better not begin to; null where it may.
   *
   * @param patience nanoseconds that it may wait at most
   */
  @Nullable Answer refusal(App app, long patience) {
    Balance balance = app.policy.balance();
    boolean full =
        service.waiting() >= balance.queue() || line.length() >= loop.upstreamLimits.waiting();
    if (full || patience <= 0) {
      return Answer.overloaded(app, "Too many requests wait for it already", retryAfter());
    }
    return line.admits(patience) ? null : overloaded(app);
  }

  private Answer overloaded(App app) {
    String why = "It is asked more than it can answer, and another request would wait in vain";
    return Answer.overloaded(app, why, retryAfter());
  }

  Answer tooLong(App app) {
    return Answer.overloaded(app, "No replica had room for the request in time", retryAfter());
  }

  /** Seconds until those who wait now are served. */
  private int retryAfter() {
    double rate = line.rate();
    return rate <= 0
        ? RETRY_UNKNOWN
        : (int) Math.clamp(Math.ceil(line.length() / rate), 1, LONGEST_RETRY);
  }

  void remove(Exchange exchange) {
    if (exchange.inLine()) {
      line.remove(exchange);
      counted(-1);
    }
  }

  /** A replica has room again: whoever is to be served next gets to know, on whatever loop. */
  void freed() {
    if (service.waiting() == 0) {
      return;
    }
    Service.Part next = service.next(loop.entropy);
    if (next == this || next == null) {
      serve();
    } else {
      ((AppQueue) next).wake();
    }
  }

  /** Any thread. */
  private void wake() {
    if (woken.compareAndSet(false, true)) {
      loop.execute(serve);
    }
  }

  private void serveWoken() {
    woken.set(false);
    serve();
  }

  /** Lets those in who find room. */
  void serve() {
    while (line.length() > 0 && app != null && app.hasRoom()) {
      long now = loop.nanos();
      Exchange next = line.next(now);
      if (next == null) {
        return;
      }
      counted(-1);
      long since = next.waitsSince();
      next.toReplica.retry();
      if (next.inLine()) {
        return;
      }
      line.served(since, now);
    }
  }

  /** All loops get to know how many requests came. */
  void tell(long now) {
    if (came > 0) {
      service.came(came, now);
      came = 0;
    }
  }

  /** About ten times a second. */
  void tick(long now) {
    tell(now);
    line.tick(now);
    App current = app;
    if (current == null) {
      return;
    }
    for (Exchange late = line.shed(now); late != null; late = line.shed(now)) {
      counted(-1);
      late.answer(tooLong(current));
    }
    tell(current);
    serve();
  }

  /** Once for each time that it begins. */
  private void tell(App app) {
    boolean is = line.isOverloaded();
    if (is && !told) {
      String what = " requests wait; more than it can answer are told to come back later";
      loop.log.log(app.name(), null, null, app.name() + " is overloaded: " + line.length() + what);
    }
    told = is;
  }

  /** About once a second: counts of the pools become known to all, and outliers leave. */
  void sweep(long now) {
    App current = app;
    if (current == null) {
      return;
    }
    List<Replica> replicas = new ArrayList<>();
    for (ReplicaPool pool : current.pools) {
      pool.tell();
      replicas.add(pool.replica());
    }
    var rule = loop.upstreamLimits.ejection();
    for (var each : service.judge(replicas, now, rule)) {
      var upstream = each.replica().upstream();
      String much = " % of its answers were errors, far more than of the others'";
      loop.log.replica(
          upstream,
          upstream.replica()
              + " is passed over for "
              + each.time().toMillis()
              + " ms: "
              + each.percent()
              + much);
    }
  }
}
