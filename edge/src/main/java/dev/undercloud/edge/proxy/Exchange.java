package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.balance.WaitingLine;
import dev.undercloud.edge.cache.Reply;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on their way between a client and a replica: where it is, how it
 * ends, and its books. The way there is that of its {@link RequestSide}, the way back that of its
 * {@link ResponseSide}. Reused by its owner for one exchange after another. Its loop's thread only.
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

  final ExchangeSlot slot = new ExchangeSlot();
  final Request request = new Request();
  final Loop loop;
  final Downstream down;
  final Watchdog watchdog;
  final RequestSide toReplica;
  final ResponseSide toClient;

  /** Changed by the two sides, too. */
  State state = State.OVER;

  private @Nullable App app;

  /** What the cache does with this exchange; null for nothing. */
  @Nullable CacheTurn cache;

  /** What the cache knew of the key when the request came. */
  long cacheStamp;

  private @Nullable Reply reply;

  Exchange(Loop loop, Downstream down, Timed timed) {
    this.loop = loop;
    this.down = down;
    watchdog = new Watchdog(loop, down, this, timed);
    toReplica = new RequestSide(loop, this);
    toClient = new ResponseSide(loop, this);
  }

  /** Books begin: the first byte of a head was read. */
  void begin(long now) {
    Slots.begin(slot, loop, now);
  }

  /** The head was whole: from here on there is a record in the ring at the end. */
  void open(long now) {
    mark(Stage.HEAD, now);
    state = State.OPEN;
    toReplica.reset();
    toClient.reset();
    request.said = null;
    loop.began();
  }

  /** Sends the request to a replica of {@code app}; takes the reference of {@code head}. */
  void start(App app, ByteBuf head, long now) {
    serve(app);
    toReplica.take(app, head);
    mark(Stage.ROUTE, now);
    if (request.mirrorTo != null) {
      MirrorCopy.begin(loop, request.mirrorTo, this, head, now);
    }
    if (cache != null && cache.holds(this, now)) {
      state = State.HELD;
      watchdog.waiting(now + CacheTurn.PATIENCE_NANOS);
      return;
    }
    toReplica.enter(app, now);
  }

  /** It is {@code app}'s from now on. */
  private void serve(App app) {
    this.app = app;
    slot.app = app.name();
  }

  /** Another app than the one it was drawn for serves it. */
  void turnsTo(App own) {
    cache = cache == null ? null : cache.forAnother();
    request.own = null;
    slot.upstream = null;
    serve(own);
  }

  /** A newer table has come meanwhile. */
  void follow(App latest) {
    app = latest;
  }

  /** The name of the edge's own cookie; null where it sets none. */
  byte @Nullable [] ownCookie() {
    return app == null ? null : app.selector.sticky();
  }

  // ---------------------------------------------------------------- the cache and other waits

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
    toReplica.proceed();
  }

  /** Something has to be found out before the request goes anywhere; the usual timeouts hold. */
  void await(App app, Object what, long now) {
    serve(app);
    request.waitsFor = what;
    watchdog.sent(now, app, true);
  }

  /** What it waited for is known, unless it does not wait any more. */
  void found(Object what, byte[] requestHead) {
    if (state == State.OPEN && request.waitsFor == what) {
      toClient.dropFilters();
      slot.clearRules();
      down.routeAgain(requestHead);
    }
  }

  // ---------------------------------------------------------------- answers of the edge's own

  /** Answers with what is stored, whatever was tried before. */
  void respond(Source source) {
    respond(app(), source, loop.nanos());
  }

  /** Answers with what {@code source} has, instead of any replica. */
  void respond(App app, Source source, long now) {
    serve(app);
    toReplica.waiting.end();
    if (slot.at[Stage.ROUTE.ordinal()] == ExchangeSlot.NEVER) {
      mark(Stage.ROUTE, now);
    }
    slot.outcome = Outcome.ANSWERED_BY_EDGE;
    watchdog.answering(now, app);
    toClient.begin(source);
  }

  /** Answers for the app with words of the edge's own, before anything was tried. */
  void refuse(App app, Answer answer) {
    slot.app = app.name();
    answer(answer);
  }

  /** There is no client to answer, and nothing more to learn. */
  void conclude() {
    toReplica.dropHead();
    state = State.OVER;
    mark(Stage.BODY, loop.nanos());
    down.end();
  }

  /** The edge's own answer, and the end of the exchange but for the client's reading it. */
  void answer(Answer answer) {
    CacheTurn turn = cache;
    if (turn != null && answer.status() >= 500 && app != null && turn.failed(this)) {
      return;
    }
    toReplica.dropHead();
    toReplica.waiting.end();
    state = State.OVER;
    slot.by = answer.by();
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

  // ---------------------------------------------------------------- ends

  /** The client is gone. */
  void clientGone() {
    boolean wasTunnel = state == State.TUNNEL;
    toClient.tunnel().closed();
    if (state != State.OVER) {
      toReplica.leave(false);
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
    toReplica.place.timedOut();
    end(Outcome.TIMED_OUT, Answer.timeout(app(), replica(), why));
  }

  private void end(Outcome outcome, Answer answer) {
    toReplica.leave(false);
    if (slot.status == 0) {
      slot.outcome = outcome;
      answer(answer);
    } else {
      cut(outcome, answer.why());
    }
  }

  /** The tunnel's replica has closed its side, or nobody has anything more to say. */
  void tunnelClosed() {
    toClient.tunnel().closed();
    mark(Stage.BODY, loop.nanos());
    toReplica.leave(false);
    state = State.OVER;
    slot.outcome = Outcome.TUNNEL_CLOSED;
    down.end();
  }

  /** A tunnel that nobody used for long. */
  void tunnelSilent(String why) {
    slot.error = why;
    tunnelClosed();
  }

  /** Ends a tunnel or a response that the client does not read. */
  void cut(Outcome outcome, String why) {
    toClient.tunnel().closed();
    boolean broken = toClient.transfer() == Transfer.DECHUNK || slot.version == 10;
    toReplica.leave(false);
    toClient.close();
    state = State.OVER;
    slot.outcome = outcome;
    slot.error = why;
    loop.log.failed(slot, why);
    down.abort(broken);
  }

  /** The last byte is with the kernel, or there will be none. */
  void finish() {
    toReplica.dropHead();
    MirrorCopy mirror = request.mirror;
    if (mirror != null) {
      request.mirror = null;
      mirror.drop();
    }
    toClient.close();
    CacheTurn turn = cache;
    if (turn != null) {
      cache = null;
      turn.over();
    }
    loop.finished(this);
    if (app != null) {
      toReplica.over(app);
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

  // ---------------------------------------------------------------- what is known of it

  State state() {
    return state;
  }

  boolean toHead() {
    return request.toHead;
  }

  App app() {
    return Objects.requireNonNull(app, "an exchange without an app has no business upstream");
  }

  /** The replica's name as people know it. */
  String replica() {
    return slot.upstream == null ? "The app" : slot.upstream.replica();
  }

  void mark(Stage stage, long now) {
    slot.at[stage.ordinal()] = now;
  }
}
