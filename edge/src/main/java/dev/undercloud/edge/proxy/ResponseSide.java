package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.ChunkEncoder;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.proxy.Exchange.State;
import dev.undercloud.edge.reply.Filter;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;

/**
 * The way of one exchange's response to its client, from a replica or from the edge itself, and of
 * what follows an upgrade. Reused. Its loop's thread only.
 */
final class ResponseSide {
  private static final int LAST_CHUNK_BYTES = 5;

  private final Loop loop;
  private final Exchange exchange;
  private final ExchangeSlot slot;
  private final Request request;
  private final Downstream down;
  private final RequestSide toReplica;
  private final Delivery delivery;
  private final Tunnel tunnel;
  private boolean seen;

  /** Events, which may be silent for long. */
  private boolean events;

  /** Is to end as soon as it can end well. */
  private boolean departing;

  ResponseSide(Loop loop, Exchange exchange) {
    this.loop = loop;
    this.exchange = exchange;
    slot = exchange.slot;
    request = exchange.request;
    down = exchange.down;
    toReplica = exchange.toReplica;
    delivery = new Delivery(loop, exchange, down);
    tunnel = new Tunnel(exchange, down);
  }

  /** A new exchange begins. */
  void reset() {
    seen = departing = events = false;
    delivery.reset();
  }

  // ---------------------------------------------------------------- filters

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

  void dropFilters() {
    delivery.dropFilters();
  }

  /** Nothing more comes. */
  void close() {
    delivery.close();
  }

  // ---------------------------------------------------------------- the replica's head

  void firstByte(long now) {
    seen = true;
    if (slot.at[Stage.FIRST_BYTE.ordinal()] == ExchangeSlot.NEVER) {
      exchange.mark(Stage.FIRST_BYTE, now);
    }
  }

  /** An interim response was parsed. The next first byte is that of the response proper. */
  void interim() {
    down.interim();
    slot.at[Stage.FIRST_BYTE.ordinal()] = ExchangeSlot.NEVER;
  }

  /**
   * Whether the cache takes the final head that the loop has just parsed for itself: then the
   * replica has nothing more to do with this exchange.
   *
   * @param whole whether there is nothing behind that head
   */
  boolean isTaken(boolean whole) {
    CacheTurn turn = exchange.cache;
    if (turn == null || !turn.takes(exchange)) {
      return false;
    }
    toReplica.answered(loop.response.status);
    toReplica.leave(whole && request.whole);
    turn.taken(exchange);
    return true;
  }

  /** A final head was parsed; whether body bytes may be passed with their framing. */
  boolean prepareHead() {
    slot.status = loop.response.status;
    toReplica.answered(loop.response.status);
    ByteBuf asked = toReplica.head();
    if (exchange.cache != null && asked != null) {
      exchange.cache.response(exchange, asked);
    }
    toReplica.dropHead();
    delivery.head();
    exchange.state = State.RESPONDING;
    events = loop.response.eventStream;
    if (events && request.safe) {
      lasts();
    }
    return delivery.isVerbatim();
  }

  void head(ByteBuf in, int length) {
    down.head(in, length);
  }

  // ---------------------------------------------------------------- the body

  /** How much of the body there was so far, without framing. */
  void received(long payload) {
    slot.responseBytes = payload;
  }

  void body(ByteBuf piece) {
    delivery.body(piece);
    if (!down.isWritable()) {
      flush();
    }
  }

  /** Everything read so far was handed over. */
  void flush() {
    State state = exchange.state;
    if (state == State.RESPONDING || state == State.TUNNEL || state == State.SOURCE) {
      down.flush();
      exchange.watchdog.responding(events);
      sync();
    }
  }

  /** Reads from the replica only what the client takes. */
  void sync() {
    State state = exchange.state;
    UpstreamSide up = toReplica.connection();
    if (up != null && (state == State.RESPONDING || state == State.TUNNEL)) {
      up.setReading(down.isWritable());
    } else if (state == State.SOURCE && down.isWritable()) {
      delivery.pump();
    }
  }

  void ended(long now) {
    exchange.mark(Stage.BODY, now);
    toReplica.leave(request.whole);
    exchange.state = State.OVER;
    delivery.end();
  }

  // ---------------------------------------------------------------- faults of the replica

  /** The connection ended before a response. */
  void upstreamLost() {
    upstreamLost("closed the connection");
  }

  /**
   * The same, or its stream did.
   *
   * @param how in words that follow the replica's name
   */
  void upstreamLost(String how) {
    toReplica.lost(how + (seen ? " within the head of its response" : " without a response"));
  }

  /** The response ended before its end. */
  void truncated() {
    truncated("closed the connection");
  }

  void truncated(String how) {
    toReplica.disconnected();
    String why = exchange.replica() + " " + how + " within its response";
    exchange.cut(Outcome.UPSTREAM_ABORTED, why);
  }

  void badBody(Reject reject) {
    badBody(reject.words());
  }

  void badBody(String words) {
    String why = exchange.replica() + " broke the protocol: " + words;
    exchange.cut(Outcome.UPSTREAM_ABORTED, why);
  }

  void badResponse(Reject reject) {
    badResponse(reject.words());
  }

  void badResponse(String words) {
    protocolBroken("broke the protocol: " + words);
  }

  void interimFlood() {
    protocolBroken("sent too many interim (1xx) responses");
  }

  /** The response's head makes no sense. Its app may have acted: no second attempt. */
  private void protocolBroken(String how) {
    toReplica.place.answeredBadly();
    toReplica.leave(false);
    String replica = exchange.replica();
    exchange.answer(Answer.badGateway(exchange.app(), replica, replica + " " + how));
  }

  // ---------------------------------------------------------------- responses of the edge's own

  /** Begins to send what {@code source} has. */
  void begin(Source source) {
    delivery.begin(source);
  }

  /** The source's head was parsed. */
  void sourceHead() {
    slot.status = loop.response.status;
    toReplica.dropHead();
    delivery.head();
    events = loop.response.eventStream;
    exchange.state = State.SOURCE;
  }

  void sourceEnded() {
    exchange.mark(Stage.BODY, loop.nanos());
    exchange.state = State.OVER;
    delivery.end();
    delivery.close();
  }

  void sourceFailed() {
    exchange.cut(Outcome.UPSTREAM_ABORTED, "What was being sent became shorter meanwhile");
  }

  // ---------------------------------------------------------------- what may last for ever

  /** The replica answered 101; {@code in} holds what it sent behind that. */
  void upgraded(UpstreamSide connection, ByteBuf in) {
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
    prepareHead();
    down.head(in, 0);
    exchange.state = State.TUNNEL;
    tunnel.start(connection, webSocket);
    exchange.watchdog.tunnel();
    lasts();
    if (in.isReadable()) {
      tunnel.down(in.readRetainedSlice(in.readableBytes()));
    }
    down.flush();
    down.tunnel();
    readOn();
  }

  private void lasts() {
    toReplica.place.lasts();
    departing = loop.closing() || toReplica.place.isOnRetired();
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
    UpstreamSide from = toReplica.connection();
    if (exchange.state == State.TUNNEL) {
      tunnel.depart();
    } else if (exchange.state == State.RESPONDING && from != null && from.mayEndHere()) {
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
    toReplica.leave(false);
    exchange.mark(Stage.BODY, loop.nanos());
    exchange.state = State.OVER;
    if (chunks) {
      ByteBuf last = loop.alloc().directBuffer(LAST_CHUNK_BYTES);
      ChunkEncoder.last(last);
      down.body(last);
    }
    delivery.end();
  }

  Tunnel tunnel() {
    return tunnel;
  }

  /** The tunnel's client was told that we are going: it has a moment to answer. */
  void tunnelTold() {
    down.flush();
    exchange.watchdog.tunnelTold();
  }
}
