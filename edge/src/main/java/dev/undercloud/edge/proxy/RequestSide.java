package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.FailedAttempt;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.proxy.Exchange.State;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way of one exchange's request to a replica: choosing, sending, sending again where that is
 * allowed, passing the body on. What may be sent again is decided by {@link Attempts}. Reused. Its
 * loop's thread only.
 */
final class RequestSide {
  private final Loop loop;
  private final Exchange exchange;
  private final ExchangeSlot slot;
  private final Request request;
  private final Attempts attempts;
  private final Gathering gathering;

  /** For a replica, where none takes the request. */
  final Waiting waiting;

  /** At the replica on whose count the exchange is. */
  final Place place;

  private @Nullable UpstreamSide up;
  private @Nullable ByteBuf head;
  private @Nullable StickyCookie cookie;
  private boolean bodyTaken;

  /** Past the cache, on its way to a replica. */
  private boolean entered;

  /** The head has the mark of what was sent on to another. */
  private boolean sentOn;

  RequestSide(Loop loop, Exchange exchange) {
    this.loop = loop;
    this.exchange = exchange;
    slot = exchange.slot;
    request = exchange.request;
    attempts = new Attempts(loop);
    gathering = new Gathering(loop);
    waiting = new Waiting(loop, exchange, attempts);
    place = new Place(loop, exchange, attempts);
  }

  /** A new exchange begins. */
  void reset() {
    attempts.reset();
    bodyTaken = false;
  }

  /** Takes what is to be sent, and the reference of {@code head}. */
  void take(App app, ByteBuf head) {
    this.head = head;
    entered = sentOn = false;
    if (request.copy) {
      attempts.read(request.copiedKey, request.copiedToken);
    } else {
      attempts.read(app, slot.client);
    }
  }

  // ---------------------------------------------------------------- choosing

  /** On to a replica, for the first time. */
  void enter(App app, long now) {
    entered = true;
    ByteBuf bytes = head;
    if (app.outside != null && bytes != null) {
      head = app.outside.marked(loop, bytes);
      sentOn = true;
    }
    int retryAfter = attempts.begin(app, now);
    if (retryAfter > 0) {
      App own = turnsBack();
      if (own == null) {
        exchange.answer(Answer.failing(app, retryAfter));
      } else {
        enter(own, now);
      }
      return;
    }
    if (app.selector.isSticky()) {
      cookie = cookie == null ? new StickyCookie(exchange) : cookie;
      exchange.toClient.filter(cookie);
    }
    if (!request.whole && !request.upgrade && gathering.begin(app, request)) {
      exchange.state = State.GATHERING;
      exchange.watchdog.sent(now, app, false);
      exchange.down.ready();
    } else {
      dispatch(now);
    }
  }

  /** Enough of the body is there to trouble a replica with it. */
  private void gathered() {
    gathering.end();
    exchange.state = State.OPEN;
    dispatch(loop.nanos());
  }

  /** The token that the client is to have in its sticky cookie; 0 for the one it has. */
  long newToken() {
    ReplicaPool pool = place.pool();
    return pool == null ? 0 : attempts.newToken(exchange.app(), pool, loop.nanos());
  }

  String stickyName() {
    return exchange.app().policy.balance().sticky().orElseThrow();
  }

  /** The cache does not answer. */
  void proceed() {
    if (entered) {
      dispatchAgain();
      return;
    }
    exchange.state = State.OPEN;
    App own = loop.routes().latest(exchange.app()) == null ? turnsBack() : null;
    App latest = own == null ? latest() : own;
    if (latest != null) {
      enter(latest, loop.nanos());
    }
  }

  /** A replica may have become reachable, perhaps by a newer table. */
  void retry() {
    if (exchange.state != State.WAITING) {
      return;
    }
    attempts.again();
    // Waiting is one attempt, however often it looked.
    slot.attempts = Math.max(0, slot.attempts - 1);
    dispatchAgain();
  }

  /** A newer table may be in force, and what has left it gets nothing more. */
  private void dispatchAgain() {
    exchange.state = State.OPEN;
    if (loop.routes().latest(exchange.app()) == null && returns(loop.nanos())) {
      return;
    }
    App latest = latest();
    if (latest != null) {
      dispatch(loop.nanos());
    }
  }

  /**
   * The app that the request came for, where it is on its way to another that is not to be reached,
   * and nothing of it is lost yet; null where that is no way.
   */
  private @Nullable App turnsBack() {
    ByteBuf bytes = head;
    CacheTurn turn = exchange.cache;
    Outside outside = exchange.app().outside;
    App own = request.own == null ? null : loop.routes().latest(request.own);
    boolean asked = turn != null && turn.asksItself();
    if (own == null || outside == null || bytes == null || bodyTaken || asked) {
      return null;
    }
    attempts.over(exchange.app());
    attempts.startOver();
    head = sentOn ? outside.unmarked(loop, bytes) : bytes;
    sentOn = false;
    exchange.turnsTo(own);
    return own;
  }

  /** Whether its own app gets it after all. */
  private boolean returns(long now) {
    App own = turnsBack();
    if (own == null) {
      return false;
    }
    int retryAfter = attempts.begin(own, now);
    if (retryAfter > 0) {
      exchange.answer(Answer.failing(own, retryAfter));
    } else {
      dispatch(now);
    }
    return true;
  }

  /** The app as the newest table has it; null where it has left, and the client was told. */
  private @Nullable App latest() {
    exchange.state = State.OPEN;
    App before = exchange.app();
    App latest = loop.routes().latest(before);
    if (latest == null) {
      String why = "The app was stopped while the request waited for it";
      exchange.answer(Answer.noReplica(before, why));
    } else {
      exchange.follow(latest);
    }
    return latest;
  }

  private void dispatch(long now) {
    App current = exchange.app();
    ReplicaPool chosen = attempts.choose(current, now);
    if (chosen == null) {
      if (!returns(now)) {
        waiting.begin(current, now);
      }
      return;
    }
    if (request.marked && !chosen.speaksHttp2()) {
      place.take(chosen);
      unable(Answer.busy(current, "Its replicas change to another protocol"));
      return;
    }
    UpstreamSide kept = attempts.kept(chosen, request.idempotent, now);
    place.take(chosen);
    slot.upstream = chosen.replica().upstream();
    slot.attempts++;
    slot.inFlightBefore = attempts.inFlightBefore;
    exchange.mark(Stage.QUEUE, now);
    if (kept != null) {
      connected(kept, true, now);
      return;
    }
    exchange.state = State.DIALING;
    exchange.watchdog.dialing(now, current);
    up = chosen.dial(loop, exchange);
  }

  // ---------------------------------------------------------------- sending

  /** A dial succeeded, or a kept connection is at hand. */
  void connected(UpstreamSide connection, boolean reused, long now) {
    up = connection;
    slot.reused = reused;
    exchange.mark(Stage.CONNECT, now);
    exchange.state = State.SENT;
    attempts.sent();
    ByteBuf bytes = Objects.requireNonNull(head);
    bytes.readerIndex(0);
    connection.send(exchange, bytes.retain());
    exchange.watchdog.sent(now, exchange.app(), request.whole);
    if (!request.whole) {
      exchange.down.ready();
    }
  }

  /** The head could not be written. One buffer: its index tells whether the kernel took any. */
  void notSent() {
    boolean untouched = Objects.requireNonNull(head).readerIndex() == 0;
    failed(untouched, slot.reused, true, "closed the connection before the request");
  }

  void dialFailed(Throwable cause) {
    up = null;
    String how = Failures.inWords(cause);
    if (Failures.isBusy(cause)) {
      full(how);
    } else {
      failed(true, false, false, how);
    }
  }

  /** A connection was made that is of no use. */
  void dialFailed(String how) {
    up = null;
    failed(true, false, false, how);
  }

  void dialTimedOut() {
    failed(true, false, false, "did not take the connection in time");
  }

  /** The replica takes no more requests at the moment; nothing was sent. */
  void full(String how) {
    up = null;
    ReplicaPool where = place.pool();
    leave(false);
    triedInVain(how);
    attempts.busy(where, exchange.replica() + " " + how);
    dispatchAgain();
  }

  /**
   * The replica says that it has not looked at the request (RFC 9113, 8.7): it may be sent again
   * whatever it does, as long as not too many are.
   *
   * @param busy whether it takes no more just now, rather than leaves
   */
  void unseen(String how, boolean busy) {
    up = null;
    ReplicaPool where = place.pool();
    leave(false);
    triedInVain(how);
    slot.at[Stage.CONNECT.ordinal()] = ExchangeSlot.NEVER;
    String what = exchange.replica() + " " + how;
    if (busy) {
      attempts.busy(where, what);
    } else {
      attempts.keptConnectionFailed(what);
    }
    if (!bodyTaken && attempts.repeats(exchange.app(), loop.nanos())) {
      dispatchAgain();
    } else {
      exchange.answer(Answer.busy(exchange.app(), what));
    }
  }

  /** The connection cannot do what is asked. */
  void unable(Answer answer) {
    leave(false);
    exchange.answer(answer);
  }

  /** The connection ended before any of the request was sent. */
  void untouched(String how) {
    up = null;
    failed(true, slot.reused, true, how);
  }

  /**
   * The connection ended before a response.
   *
   * @param how in words that follow the replica's name
   */
  void lost(String how) {
    up = null;
    failed(false, slot.reused, true, how);
  }

  private void failed(boolean untouched, boolean reused, boolean connected, String how) {
    ReplicaPool where = place.pool();
    leave(false);
    triedInVain(how);
    slot.at[Stage.CONNECT.ordinal()] = ExchangeSlot.NEVER;
    if (reused || where == null) {
      attempts.keptConnectionFailed(exchange.replica() + " " + how);
    } else {
      attempts.failed(where, exchange.replica(), how, connected);
    }
    boolean held = !bodyTaken && (untouched || request.idempotent);
    if (held && (untouched || attempts.repeats(exchange.app(), loop.nanos()))) {
      dispatchAgain();
      return;
    }
    attempts.gaveUp(exchange.app(), loop.nanos());
    exchange.answer(attempts.refuse(exchange.app(), exchange.replica(), request.idempotent));
  }

  /** Notes that the replica which was chosen last has failed the request. */
  private void triedInVain(String how) {
    long chosen = slot.at[Stage.QUEUE.ordinal()];
    slot.failed = FailedAttempt.after(slot.failed, exchange.replica(), how, chosen, loop.nanos());
  }

  // ---------------------------------------------------------------- the body

  /** Whether body bytes can be passed on, or are to be held by the client's side. */
  boolean takesBody() {
    return switch (exchange.state) {
      case GATHERING, SENT, RESPONDING, TUNNEL -> true;
      case OPEN, WAITING, HELD, DIALING, SOURCE, OVER -> false;
    };
  }

  /** Whether the client should be read: the replica takes more than it has. */
  boolean wantsBody() {
    return takesBody() && (up == null || up.isWritable());
  }

  /** Passes body bytes, with their framing, and their reference. */
  void body(ByteBuf piece, long payload) {
    slot.requestBytes = payload;
    MirrorCopy mirror = request.mirror;
    if (mirror != null && !mirror.add(piece)) {
      request.mirror = null;
    }
    if (exchange.state == State.GATHERING) {
      if (gathering.add(Objects.requireNonNull(head), piece)) {
        gathered();
      }
      return;
    }
    bodyTaken = true;
    if (up == null) {
      piece.release();
    } else {
      up.write(piece);
    }
  }

  /** The last body byte was passed. */
  void ended() {
    request.whole = true;
    MirrorCopy mirror = request.mirror;
    if (mirror != null) {
      request.mirror = null;
      mirror.send();
    }
    if (exchange.state == State.SENT) {
      exchange.watchdog.requestWhole(loop.nanos());
    } else if (exchange.state == State.GATHERING) {
      gathered();
    }
  }

  void flush() {
    if (up != null) {
      up.flush();
    }
  }

  // ---------------------------------------------------------------- the replica

  /** The connection that serves the exchange; null where none does. */
  @Nullable UpstreamSide connection() {
    return up;
  }

  /** What the replica got, while that is known. */
  @Nullable ByteBuf head() {
    return head;
  }

  /** What a response tells of its replica. Who sends a body has a share in how long it takes. */
  void answered(int status) {
    place.answered(status, !bodyTaken);
  }

  /** The connection is gone by itself. */
  void disconnected() {
    up = null;
  }

  /**
   * The exchange needs no replica any more.
   *
   * @param whole whether the request and its response are both at their end
   */
  void leave(boolean whole) {
    if (exchange.state == State.WAITING) {
      waiting.end();
    }
    gathering.end();
    ReplicaPool where = place.leave();
    UpstreamSide connection = up;
    if (connection != null) {
      up = null;
      connection.release(whole);
    }
    Place.freed(where);
  }

  void dropHead() {
    ByteBuf bytes = head;
    if (bytes != null) {
      head = null;
      bytes.release();
    }
  }

  /** The exchange is over, whatever came of it. */
  void over(App app) {
    attempts.over(app);
  }
}
