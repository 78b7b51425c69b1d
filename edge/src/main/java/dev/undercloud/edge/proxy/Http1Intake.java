package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.proxy.Http1Client.Phase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What one HTTP/1 client sends: parses one request after another, routes it, passes its body on,
 * and holds what has to wait for its turn. Its loop's thread only.
 */
final class Http1Intake {
  private final Http1Client client;
  private final Loop loop;
  private final Exchange exchange;
  private final Timed timed;
  private final Peer peer;
  private final HeadReader heads;
  private final BodyFraming body = new BodyFraming();
  private @Nullable ByteBuf held;

  /** Bytes of a head were read that is not whole. */
  private boolean begun;

  private boolean accepted;
  private boolean processing;

  /**
   * @param timed the connection's place in the wheel
   */
  Http1Intake(Http1Client client, Exchange exchange, Timed timed, Peer peer) {
    this.client = client;
    this.exchange = exchange;
    this.timed = timed;
    this.peer = peer;
    loop = client.loop;
    heads = new HeadReader(loop);
  }

  // ---------------------------------------------------------------- bytes and their turn

  /** Bytes were read; takes their reference. */
  void take(ByteBuf in) {
    process(behindHeld(in));
  }

  private ByteBuf behindHeld(ByteBuf in) {
    ByteBuf before = held;
    if (before == null) {
      return in;
    }
    held = null;
    before.discardReadBytes().writeBytes(in);
    in.release();
    return before;
  }

  /** Takes what can be taken of {@code in} and holds the rest; takes its reference. */
  private void process(ByteBuf in) {
    processing = true;
    try {
      boolean more = true;
      while (more && in.isReadable()) {
        more =
            switch (client.phase) {
              case HEAD -> head(in);
              case BODY -> exchange.toReplica.takesBody() && takeBody(in);
              case TUNNEL -> passTunnel(in);
              case RESPONSE, LINGER, CLOSED -> false;
            };
      }
      if (in.isReadable() && client.phase != Phase.LINGER && client.phase != Phase.CLOSED) {
        hold(in);
      }
    } finally {
      processing = false;
      in.release();
    }
    client.syncInput();
  }

  private boolean passTunnel(ByteBuf in) {
    exchange.toClient.tunnel().up(loop.keep(in.readRetainedSlice(in.readableBytes())));
    return true;
  }

  /** Keeps the buffer itself where nobody else refers to it: a head may come byte by byte. */
  private void hold(ByteBuf in) {
    held =
        in.refCnt() == 1
            ? in.retain()
            : loop.alloc().buffer(Math.max(1024, in.readableBytes())).writeBytes(in);
  }

  /** Takes up again what was held back, unless that is being done: then it goes on by itself. */
  void resume() {
    if (processing) {
      return;
    }
    ByteBuf in = held;
    if (in != null && client.phase != Phase.CLOSED) {
      held = null;
      process(in);
      exchange.toReplica.flush();
    }
    client.syncInput();
  }

  /** Whether bytes wait for their turn. */
  boolean holds() {
    return held != null;
  }

  /** Whether all that was read is taken. */
  boolean isEmpty() {
    return held == null && !processing;
  }

  /** Drops what waits for its turn. */
  void drop() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  // ---------------------------------------------------------------- heads

  /** Whether a request began and there may be more to take. */
  private boolean head(ByteBuf in) {
    long now = loop.nanos();
    if (!begun) {
      begun = true;
      heads.begin();
      exchange.begin(now);
      loop.wheel.set(timed, now + loop.clientLimits.head().toNanos());
    }
    int length = heads.read(in);
    if (length == RequestHead.MORE) {
      return false;
    }
    if (Reject.is(length) && !accepted && isHttp2(in)) {
      return false;
    }
    open(now);
    if (Reject.is(length)) {
      Reject reject = Reject.of(length);
      client.refuse(reject.status(), sentence(reject.words()));
      return false;
    }
    in.skipBytes(length);
    route(in, now);
    return true;
  }

  /** Whether a new connection begins as HTTP/2 does (RFC 9113, 3.4); where it is, hands it on. */
  private boolean isHttp2(ByteBuf in) {
    int bytes = Math.min(in.readableBytes(), Http2Client.PREFACE.length);
    for (int i = 0; i < bytes; i++) {
      if (in.getByte(in.readerIndex() + i) != Http2Client.PREFACE[i]) {
        return false;
      }
    }
    if (bytes == Http2Client.PREFACE.length) {
      client.becomeHttp2(in);
    }
    return true;
  }

  /** From here on there is an exchange, and a record of it in the end. */
  private void open(long now) {
    begun = false;
    client.opened();
    exchange.open(now);
    exchange.slot.client = peer.address();
    if (!accepted) {
      accepted = true;
      exchange.mark(Stage.ACCEPT, peer.acceptedAt());
    }
  }

  /** Whether a head has begun and is not whole. */
  boolean isInHead() {
    return begun;
  }

  /** The rest of a head did not come in time. */
  void headTimedOut(long now) {
    open(now);
    exchange.slot.outcome = Outcome.TIMED_OUT;
    client.refuse(408, "The request head took too long to arrive");
  }

  /** The loop's request head is whole: sends it on its way. */
  private void route(ByteBuf in, long now) {
    RequestHead head = loop.request;
    Slots.fill(exchange.slot, head, loop.in, loop.entropy);
    client.asked(head);
    body.of(head);
    exchange.request.read(head, body.done());
    client.phase = exchange.request.whole ? Phase.RESPONSE : Phase.BODY;
    App app = loop.routes().find(head.hostKey(), head.hostKeyLength());
    if (app == null) {
      exchange.answer(Answer.unknownHost());
      return;
    }
    client.idleFor(app.idleNanos);
    pass(app, in, now);
  }

  private void pass(App app, ByteBuf in, long now) {
    Request request = exchange.request;
    ClientSide side = peer.side();
    request.clearRules();
    loop.requestEdits.clear();
    if (!loop.front.goesOn(exchange, app, side, now)) {
      return;
    }
    ClientSide told = request.side == null ? side : request.side;
    ByteBuf rewritten = heads.rewrite(in, body, exchange.slot, told);
    if (body.done()) {
      request.whole = true;
      client.phase = Phase.RESPONSE;
    }
    exchange.start(request.instead == null ? app : request.instead, rewritten, now);
  }

  /** What the request waited for is known: it is routed again by its {@code head}. */
  void routeAgain(byte[] head) {
    App app = loop.front.again(head);
    if (app == null) {
      exchange.answer(Answer.unknownHost());
    } else {
      pass(app, Unpooled.EMPTY_BUFFER, loop.nanos());
    }
    resume();
  }

  // ---------------------------------------------------------------- bodies

  /** Whether body bytes were taken and there may be more to take. */
  private boolean takeBody(ByteBuf in) {
    int taken = body.take(in, in.readerIndex(), in.writerIndex());
    if (Reject.is(taken)) {
      Reject reject = Reject.of(taken);
      client.takesNoMore();
      exchange.requestBroken(reject.status(), sentence(reject.words()));
      return false;
    }
    if (body.payloadBytes() > exchange.request.bodyLimit) {
      client.takesNoMore();
      exchange.bodyTooLarge();
      return false;
    }
    exchange.toReplica.body(loop.keep(in.readRetainedSlice(taken)), body.payloadBytes());
    if (body.done()) {
      client.phase = Phase.RESPONSE;
      exchange.toReplica.ended();
    }
    return true;
  }

  static String sentence(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
