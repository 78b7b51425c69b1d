package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.balance.WaitingLine;
import dev.undercloud.edge.cache.Reply;
import dev.undercloud.edge.http1.ChunkEncoder;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.reply.Filter;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on their way between a client and a replica: choosing, sending,
 * sending again where that is allowed, passing on, and keeping the books. Reused by its owner for
 * one exchange after another. Its loop's thread only. What may be sent again is decided by {@link
 * Attempts}.
 */
final class Exchange extends WaitingLine.Waiter<Exchange> {
  /** Where an exchange is. */
  enum State {
    OPEN,
    /** The beginning of the body is on its way from the client. */
    GATHERING,
    WAITING,
    /** The cache waits for somebody else, or for the disk. */
    HELD,
    DIALING,
    SENT,
    RESPONDING,
    TUNNEL,
    /** A response of the edge's own is on its way. */
    SOURCE,
    OVER
  }

  private static final int LAST_CHUNK_BYTES = 5;

  final ExchangeSlot slot = new ExchangeSlot();
  final Request request = new Request();
  private final Loop loop;
  final Downstream down;
  private final Watchdog watchdog;
  private final Tunnel tunnel;
  private final Attempts attempts;
  private State state = State.OVER;
  private @Nullable App app;

  /** Of the replica on whose count this exchange is; null where it is on none. */
  private @Nullable ReplicaPool pool;

  /** What the cache does with this exchange; null for nothing. */
  private @Nullable CacheTurn cache;

  /** What the cache knew of the key when the request came. */
  long cacheStamp;

  private @Nullable Reply reply;
  private @Nullable UpstreamConnection up;
  private @Nullable ByteBuf head;
  private final Delivery delivery;
  private final Gathering gathering;
  private @Nullable StickyCookie cookie;
  private boolean bodyTaken;

  /** Past the cache, on its way to a replica. */
  private boolean entered;

  private boolean responseSeen;

  /** May last for ever, and so is in {@link Loop#lasting}. */
  private boolean lasting;

  /** Is to end as soon as it can end well. */
  private boolean departing;

  Exchange(Loop loop, Downstream down, Timed timed) {
    this.loop = loop;
    this.down = down;
    attempts = new Attempts(loop);
    delivery = new Delivery(loop, this, down);
    tunnel = new Tunnel(this, down);
    gathering = new Gathering(loop);
    watchdog = new Watchdog(loop, down, this, timed);
  }

  /** Books begin: the first byte of a head was read. */
  void begin(long now) {
    Slots.begin(slot, loop, now);
  }

  /** The head was whole: from here on there is a record in the ring at the end. */
  void open(long now) {
    mark(Stage.HEAD, now);
    state = State.OPEN;
    attempts.reset();
    bodyTaken = responseSeen = departing = false;
    request.said = null;
    delivery.reset();
    loop.began();
  }

  /** Sends the request to a replica of {@code app}; takes the reference of {@code head}. */
  void start(App app, ByteBuf head, long now) {
    this.app = app;
    this.head = head;
    slot.app = app.name();
    mark(Stage.ROUTE, now);
    entered = false;
    if (request.copy) {
      attempts.read(request.copiedKey, request.copiedToken);
    } else {
      attempts.read(app, slot.client);
    }
    if (request.mirrorTo != null) {
      MirrorCopy.begin(loop, request.mirrorTo, this, head, now);
    }
    if (cache != null && cache.holds(this, now)) {
      state = State.HELD;
      watchdog.waiting(now + CacheTurn.PATIENCE_NANOS);
      return;
    }
    enter(app, now);
  }

  /** On to a replica, for the first time. */
  private void enter(App app, long now) {
    entered = true;
    int retryAfter = attempts.begin(app, now);
    if (retryAfter > 0) {
      answer(Answer.failing(app, retryAfter));
      return;
    }
    if (app.selector.isSticky()) {
      cookie = cookie == null ? new StickyCookie(this) : cookie;
      delivery.add(cookie);
    }
    if (!request.whole && !request.upgrade && gathering.begin(app)) {
      state = State.GATHERING;
      watchdog.sent(now, app, false);
      down.ready();
    } else {
      dispatch(now);
    }
  }

  /** Enough of the body is there to trouble a replica with it. */
  private void gathered() {
    gathering.end();
    state = State.OPEN;
    dispatch(loop.nanos());
  }

  /** The token that the client is to have in its sticky cookie; 0 for the one it has. */
  long newToken() {
    return pool == null ? 0 : attempts.newToken(app(), pool, loop.nanos());
  }

  /** The name of the edge's own cookie; null where it sets none. */
  byte @Nullable [] ownCookie() {
    return app == null ? null : app.selector.sticky();
  }

  String stickyName() {
    return app().policy.balance().sticky().orElseThrow();
  }

  /** What the cache does with it, from here to its end. */
  void cache(CacheTurn turn, long stamp) {
    cache = turn;
    cacheStamp = stamp;
  }

  /** A response of the cache's, to be made the one that is wanted. */
  Reply reply() {
    Reply own = reply;
    if (own == null) {
      own = new Reply(loop.alloc());
      reply = own;
    }
    return own;
  }

  boolean isHeldBy(CacheTurn turn) {
    return state == State.HELD && cache == turn;
  }

  void heldTooLong() {
    CacheTurn turn = cache;
    if (turn != null) {
      turn.wakes(this);
    } else {
      proceed();
    }
  }

  /** Nobody answers for the app: it does so itself. */
  void proceed() {
    if (entered) {
      dispatchAgain();
      return;
    }
    state = State.OPEN;
    App latest = loop.routes().latest(app());
    if (latest == null) {
      answer(Answer.noReplica(app(), "The app was stopped while the request waited for it"));
    } else {
      app = latest;
      enter(latest, loop.nanos());
    }
  }

  /**
   * Whether the cache takes the final head that the loop has just parsed for itself: then the
   * replica has nothing more to do with this exchange.
   *
   * @param whole whether there is nothing behind that head
   */
  boolean isTaken(boolean whole) {
    CacheTurn turn = cache;
    if (turn == null || !turn.takes(this)) {
      return false;
    }
    if (pool != null) {
      told(pool, loop.response.status);
    }
    leaveUpstream(whole && request.whole);
    turn.taken(this);
    return true;
  }

  /** Answers with what is stored, whatever was tried before. */
  void respond(Source source) {
    respond(app(), source, loop.nanos());
  }

  /** Answers for the app with words of the edge's own, before anything was tried. */
  void refuse(App app, Answer answer) {
    slot.app = app.name();
    answer(answer);
  }

  /** There is no client to answer, and nothing more to learn. */
  void conclude() {
    dropHead();
    state = State.OVER;
    mark(Stage.BODY, loop.nanos());
    down.end();
  }

  /** A replica may have become reachable, perhaps by a newer table. */
  void retry() {
    if (state != State.WAITING) {
      return;
    }
    attempts.again();
    // Waiting is one attempt, however often it looked.
    slot.attempts = Math.max(0, slot.attempts - 1);
    dispatchAgain();
  }

  /** A newer table may be in force, and what has left it gets nothing more. */
  private void dispatchAgain() {
    state = State.OPEN;
    App latest = loop.routes().latest(app());
    if (latest == null) {
      answer(Answer.noReplica(app(), "The app was stopped while the request waited for it"));
    } else {
      app = latest;
      dispatch(loop.nanos());
    }
  }

  private void dispatch(long now) {
    App current = app();
    ReplicaPool chosen = attempts.choose(current, now);
    if (chosen == null) {
      await(current, now);
      return;
    }
    UpstreamConnection kept = attempts.kept(chosen, request.idempotent, now);
    pool = chosen;
    slot.upstream = chosen.replica().upstream();
    slot.attempts++;
    slot.inFlightBefore = attempts.inFlightBefore;
    mark(Stage.QUEUE, now);
    if (kept != null) {
      connected(kept, true, now);
      return;
    }
    state = State.DIALING;
    watchdog.dialing(now, current);
    up = chosen.dial(loop, this);
  }

  private void await(App app, long now) {
    state = State.WAITING;
    if (attempts.isFull() && !request.copy) {
      lineUp(app, now);
      return;
    }
    long until = attempts.waitsUntil(app, now);
    if (until - now <= 0 || request.copy || !loop.park(this)) {
      waitedTooLong();
      return;
    }
    watchdog.waiting(until);
  }

  /** Waits for room at the app's replicas, if that is worth it. */
  private void lineUp(App app, long now) {
    boolean again = attempts.linesUpAgain();
    long until = attempts.linesUpUntil(app, slot.at[Stage.BEGIN.ordinal()], now);
    Answer refusal = app.queue.wait(this, app, again, now, until);
    if (refusal == null) {
      watchdog.waiting(until);
    } else {
      answer(refusal);
    }
  }

  void waitedTooLong() {
    Answer answer = attempts.surrender(app(), replica());
    if (answer.status() == 502) {
      attempts.gaveUp(app(), loop.nanos());
    }
    answer(answer);
  }

  /** A dial succeeded, or a kept connection is at hand. */
  void connected(UpstreamConnection connection, boolean reused, long now) {
    up = connection;
    slot.reused = reused;
    mark(Stage.CONNECT, now);
    state = State.SENT;
    attempts.sent();
    ByteBuf bytes = Objects.requireNonNull(head);
    bytes.readerIndex(0);
    connection.send(this, bytes.retain());
    watchdog.sent(now, app(), request.whole);
    if (!request.whole) {
      down.ready();
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
      ReplicaPool where = pool;
      leaveUpstream(false);
      attempts.busy(where, replica() + " " + how);
      dispatchAgain();
    } else {
      failed(true, false, false, how);
    }
  }

  void dialTimedOut() {
    failed(true, false, false, "did not take the connection in time");
  }

  /** The connection ended before a response. */
  void upstreamLost() {
    up = null;
    String how = responseSeen ? "within the head of its response" : "without a response";
    failed(false, slot.reused, true, "closed the connection " + how);
  }

  private void failed(boolean untouched, boolean reused, boolean connected, String how) {
    ReplicaPool where = pool;
    leaveUpstream(false);
    slot.at[Stage.CONNECT.ordinal()] = ExchangeSlot.NEVER;
    if (reused || where == null) {
      attempts.keptConnectionFailed(replica() + " " + how);
    } else {
      attempts.failed(where, replica(), how, connected);
    }
    boolean held = !bodyTaken && (untouched || request.idempotent);
    if (held && (untouched || attempts.repeats(app(), loop.nanos()))) {
      dispatchAgain();
      return;
    }
    attempts.gaveUp(app(), loop.nanos());
    answer(attempts.refuse(app(), replica(), request.idempotent));
  }

  /** Whether body bytes can be passed on, or are to be held by the client's side. */
  boolean takesBody() {
    return switch (state) {
      case GATHERING, SENT, RESPONDING, TUNNEL -> true;
      case OPEN, WAITING, HELD, DIALING, SOURCE, OVER -> false;
    };
  }

  /** Whether the client should be read: the replica takes more than it has. */
  boolean wantsBody() {
    return takesBody() && (up == null || up.isWritable());
  }

  /** Passes body bytes, with their framing, and their reference. */
  void requestBody(ByteBuf piece, long payload) {
    slot.requestBytes = payload;
    MirrorCopy mirror = request.mirror;
    if (mirror != null && !mirror.add(piece)) {
      request.mirror = null;
    }
    if (state == State.GATHERING) {
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
  void requestEnded() {
    request.whole = true;
    MirrorCopy mirror = request.mirror;
    if (mirror != null) {
      request.mirror = null;
      mirror.send();
    }
    if (state == State.SENT) {
      watchdog.requestWhole(loop.nanos());
    } else if (state == State.GATHERING) {
      gathered();
    }
  }

  void flushRequest() {
    if (up != null) {
      up.flush();
    }
  }

  boolean toHead() {
    return request.toHead;
  }

  Transfer transfer() {
    return delivery.transfer();
  }

  /** Whether the replica's body bytes may be passed with their framing. */
  boolean isVerbatim() {
    return delivery.isVerbatim();
  }

  /** Puts a filter between the response to come and the client. */
  void filter(Filter filter) {
    delivery.add(filter);
  }

  /** The same, before all others. */
  void filterFirst(Filter filter) {
    delivery.addFirst(filter);
  }

  void firstByte(long now) {
    responseSeen = true;
    if (slot.at[Stage.FIRST_BYTE.ordinal()] == ExchangeSlot.NEVER) {
      mark(Stage.FIRST_BYTE, now);
    }
  }

  /** An interim response was parsed. The next first byte is that of the response proper. */
  void interim() {
    down.interim();
    slot.at[Stage.FIRST_BYTE.ordinal()] = ExchangeSlot.NEVER;
  }

  /** A final head was parsed; whether body bytes may be passed with their framing. */
  boolean responseHead() {
    slot.status = loop.response.status;
    if (pool != null) {
      told(pool, loop.response.status);
    }
    if (cache != null && head != null) {
      cache.response(this, head);
    }
    dropHead();
    delivery.head();
    state = State.RESPONDING;
    if (loop.response.eventStream && request.safe) {
      lasts();
    }
    return delivery.isVerbatim();
  }

  /** What a response tells of its replica. A gateway's error is no sign of speed. */
  private void told(ReplicaPool from, int status) {
    boolean badly = status >= 502 && status <= 504;
    from.answered(badly);
    from.replica().succeeded();
    attempts.answered(app());
    if (badly) {
      from.replica().erred(loop.nanos());
    } else if (!bodyTaken) {
      long now = slot.at[Stage.FIRST_BYTE.ordinal()];
      from.replica().took(now - slot.at[Stage.CONNECT.ordinal()], now);
    }
  }

  /** Something has to be found out before the request goes anywhere; the usual timeouts hold. */
  void await(App app, Object what, long now) {
    this.app = app;
    slot.app = app.name();
    request.waitsFor = what;
    watchdog.sent(now, app, true);
  }

  /** What it waited for is known, unless it does not wait any more. */
  void found(Object what, byte[] requestHead) {
    if (state == State.OPEN && request.waitsFor == what) {
      delivery.dropFilters();
      down.routeAgain(requestHead);
    }
  }

  /** Answers with what {@code source} has, instead of any replica. */
  void respond(App app, Source source, long now) {
    this.app = app;
    slot.app = app.name();
    unpark();
    if (slot.at[Stage.ROUTE.ordinal()] == ExchangeSlot.NEVER) {
      mark(Stage.ROUTE, now);
    }
    slot.outcome = Outcome.ANSWERED_BY_EDGE;
    watchdog.answering(now, app);
    delivery.begin(source);
  }

  /** The source's head was parsed. */
  void sourceHead() {
    slot.status = loop.response.status;
    dropHead();
    delivery.head();
    state = State.SOURCE;
  }

  void sourceEnded() {
    mark(Stage.BODY, loop.nanos());
    state = State.OVER;
    delivery.end();
    delivery.close();
  }

  void sourceFailed() {
    cut(Outcome.UPSTREAM_ABORTED, "What was being sent became shorter meanwhile");
  }

  void head(ByteBuf in, int length) {
    down.head(in, length);
  }

  /** How much of the body there was so far, without framing. */
  void received(long payload) {
    slot.responseBytes = payload;
  }

  void responseBody(ByteBuf piece) {
    delivery.body(piece);
    if (!down.isWritable()) {
      flushResponse();
    }
  }

  /** Everything read so far was handed over. */
  void flushResponse() {
    if (state == State.RESPONDING || state == State.TUNNEL || state == State.SOURCE) {
      down.flush();
      watchdog.responding(loop.response.eventStream);
      syncDownload();
    }
  }

  /** Reads from the replica only what the client takes. */
  void syncDownload() {
    if (up != null && (state == State.RESPONDING || state == State.TUNNEL)) {
      up.setReading(down.isWritable());
    } else if (state == State.SOURCE && down.isWritable()) {
      delivery.pump();
    }
  }

  void responseEnded(long now) {
    mark(Stage.BODY, now);
    leaveUpstream(request.whole);
    state = State.OVER;
    delivery.end();
  }

  /** The response ended before its end. */
  void truncated() {
    up = null;
    cut(Outcome.UPSTREAM_ABORTED, replica() + " closed the connection within its response");
  }

  void badBody(Reject reject) {
    cut(Outcome.UPSTREAM_ABORTED, replica() + " broke the protocol: " + reject.words());
  }

  void badResponse(Reject reject) {
    protocolBroken("broke the protocol: " + reject.words());
  }

  void interimFlood() {
    protocolBroken("sent too many interim (1xx) responses");
  }

  /** The response's head makes no sense. Its app may have acted: no second attempt. */
  private void protocolBroken(String how) {
    if (pool != null) {
      pool.answered(true);
    }
    leaveUpstream(false);
    answer(Answer.badGateway(app(), replica(), replica() + " " + how));
  }

  /** The replica answered 101; {@code in} holds what it sent behind that. */
  void upgraded(UpstreamConnection connection, ByteBuf in) {
    if (!request.upgrade) {
      protocolBroken("changed the protocol without being asked");
      return;
    }
    boolean webSocket = loop.response.webSocket;
    if (!loop.response.upgrade || webSocket != request.webSocket) {
      protocolBroken("changed to another protocol than it was asked for");
      return;
    }
    delivery.dropFilters();
    responseHead();
    down.head(in, 0);
    state = State.TUNNEL;
    tunnel.start(connection, webSocket);
    watchdog.tunnel();
    lasts();
    if (in.isReadable()) {
      tunnel.down(in.readRetainedSlice(in.readableBytes()));
    }
    down.flush();
    down.tunnel();
    readOn();
  }

  private void lasts() {
    lasting = true;
    loop.lasting.add(this);
    if (pool != null) {
      // Its place is for those who are answered soon.
      pool.replica().lasts(true);
      app().queue.freed();
    }
    departing = loop.closing() || isOnRetired();
  }

  /** Whether its replica has left the table. */
  boolean isOnRetired() {
    return pool != null && pool.isRetired();
  }

  /** The replica or the edge is leaving: ends what could last for ever, where that can end well. */
  void depart() {
    departing = true;
    readOn();
  }

  /** What was read so far was passed on: a good moment to end what is to end. */
  void readOn() {
    if (!departing) {
      return;
    }
    UpstreamConnection from = up;
    if (state == State.TUNNEL) {
      tunnel.depart();
    } else if (state == State.RESPONDING && from != null && from.mayEndHere()) {
      endStream(from.isChunked() && isVerbatim());
    }
  }

  /**
   * Ends an event stream that has no end of its own, as those that EventSource asks for by GET; one
   * that answers a POST is a long answer, and has the drain's time to end. To its client it looks
   * whole, and it asks again; to a filter it does not, since nobody should store or count that as
   * all there was.
   */
  private void endStream(boolean chunks) {
    if (delivery.isFiltered()) {
      return;
    }
    leaveUpstream(false);
    mark(Stage.BODY, loop.nanos());
    state = State.OVER;
    if (chunks) {
      ByteBuf last = loop.alloc().directBuffer(LAST_CHUNK_BYTES);
      ChunkEncoder.last(last);
      down.body(last);
    }
    delivery.end();
  }

  /** The tunnel's client was told that we are going: it has a moment to answer. */
  void tunnelTold() {
    down.flush();
    watchdog.tunnelTold();
  }

  Tunnel tunnel() {
    return tunnel;
  }

  /** The replica's side is closed. */
  void tunnelClosed() {
    tunnel.closed();
    mark(Stage.BODY, loop.nanos());
    leaveUpstream(false);
    state = State.OVER;
    slot.outcome = Outcome.TUNNEL_CLOSED;
    down.end();
  }

  /** The client is gone. */
  void clientGone() {
    boolean wasTunnel = state == State.TUNNEL;
    tunnel.closed();
    if (state != State.OVER) {
      leaveUpstream(false);
      state = State.OVER;
    }
    slot.outcome = wasTunnel ? Outcome.TUNNEL_CLOSED : Outcome.CLIENT_ABORTED;
    mark(Stage.DRAIN, loop.nanos());
    finish();
  }

  /** The client stopped in the middle of its request, or broke the protocol there. */
  void requestBroken(int status, String why) {
    Outcome told = slot.status == 0 ? Outcome.ANSWERED_BY_EDGE : Outcome.CLIENT_ABORTED;
    end(status == 408 ? Outcome.TIMED_OUT : told, Answer.refused(status, why));
  }

  /** More of a body came than the request's route takes. */
  void bodyTooLarge() {
    Outcome told = slot.status == 0 ? Outcome.ANSWERED_BY_EDGE : Outcome.CLIENT_ABORTED;
    end(told, Answer.tooLarge(slot.app, request.bodyLimit));
  }

  /** A response timeout: the replica is not failing, it is slow, so it stays in service. */
  void timedOut(String why) {
    ReplicaPool slow = pool;
    if (slow != null && slot.status == 0) {
      long now = loop.nanos();
      slow.answered(true);
      slow.replica().took(app().responseNanos, now);
      attempts.gaveUp(app(), now);
    }
    end(Outcome.TIMED_OUT, Answer.timeout(app(), replica(), why));
  }

  private void end(Outcome outcome, Answer answer) {
    leaveUpstream(false);
    if (slot.status == 0) {
      slot.outcome = outcome;
      answer(answer);
    } else {
      cut(outcome, answer.why());
    }
  }

  /** A tunnel that nobody used for long. */
  void tunnelSilent(String why) {
    slot.error = why;
    tunnelClosed();
  }

  /** Ends a tunnel or a response that the client does not read. */
  void cut(Outcome outcome, String why) {
    tunnel.closed();
    boolean broken = transfer() == Transfer.DECHUNK || slot.version == 10;
    leaveUpstream(false);
    delivery.close();
    state = State.OVER;
    slot.outcome = outcome;
    slot.error = why;
    loop.log.failed(slot, why);
    down.abort(broken);
  }

  /** The edge's own answer, and the end of the exchange but for the client's reading it. */
  void answer(Answer answer) {
    CacheTurn turn = cache;
    if (turn != null && answer.status() >= 500 && app != null && turn.failed(this)) {
      return;
    }
    dropHead();
    unpark();
    state = State.OVER;
    slot.status = answer.status();
    slot.error = answer.why();
    if (slot.outcome == Outcome.COMPLETE) {
      slot.outcome = Outcome.ANSWERED_BY_EDGE;
    }
    if (answer.isFailure()) {
      loop.log.failed(slot, answer.status() + " " + answer.reason() + ": " + answer.why());
    }
    RuleFilter said = request.said;
    down.answer(said == null ? answer : said.on(answer));
  }

  /** The last byte is with the kernel, or there will be none. */
  void finish() {
    dropHead();
    MirrorCopy mirror = request.mirror;
    if (mirror != null) {
      request.mirror = null;
      mirror.drop();
    }
    delivery.close();
    CacheTurn turn = cache;
    if (turn != null) {
      cache = null;
      turn.over();
    }
    loop.finished(this);
    if (app != null) {
      attempts.over(app);
    }
    app = null;
  }

  /** The response is whole, but the client has not taken all of it. */
  void draining() {
    watchdog.draining(loop.nanos());
  }

  void expired(long now) {
    watchdog.expired(now);
  }

  State state() {
    return state;
  }

  private void leaveUpstream(boolean whole) {
    if (state == State.WAITING) {
      unpark();
    }
    gathering.end();
    ReplicaPool where = pool;
    if (where != null) {
      pool = null;
      if (lasting) {
        where.replica().lasts(false);
      }
      where.replica().leave();
    }
    if (lasting) {
      lasting = false;
      loop.lasting.remove(this);
    }
    UpstreamConnection connection = up;
    if (connection != null) {
      up = null;
      connection.release(whole);
    }
    if (where != null && where.queue != null) {
      where.queue.freed();
    }
  }

  private void unpark() {
    if (inLine()) {
      app().queue.remove(this);
    } else {
      loop.unpark(this);
    }
  }

  private void dropHead() {
    ByteBuf bytes = head;
    if (bytes != null) {
      head = null;
      bytes.release();
    }
  }

  private App app() {
    return Objects.requireNonNull(app, "an exchange without an app has no business upstream");
  }

  /** The replica's name as people know it. */
  private String replica() {
    return slot.upstream == null ? "The app" : slot.upstream.replica();
  }

  void mark(Stage stage, long now) {
    slot.at[stage.ordinal()] = now;
  }
}
