package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.core.unit.Durations;
import dev.undercloud.edge.proxy.Exchange.State;
import java.time.Duration;

/**
 * The timeouts and minimum rates of one exchange. A phase sets a deadline; when that passes, the
 * counts tell whether anything moved. Nothing is measured, scheduled or allocated per byte.
 */
final class Watchdog {
  private static final long SECOND = 1_000_000_000;

  private final Loop loop;
  private final Downstream down;
  private final Exchange exchange;
  private final ExchangeSlot slot;
  private final Timed timed;
  private final long windowNanos;
  private final long streamIdleNanos;
  private long responseNanos;
  private long requestUntil;
  private long responseUntil;
  private long tunnelUntil = Timed.NEVER;

  /** Where the counts stood when the current window began. */
  private long windowAt;

  private long windowUp;
  private long windowSent;
  private long windowDown;
  private long movedAt;
  private boolean eventStream;
  private boolean responding;

  Watchdog(Loop loop, Downstream down, Exchange exchange, Timed timed) {
    this.loop = loop;
    this.down = down;
    this.exchange = exchange;
    slot = exchange.slot;
    this.timed = timed;
    windowNanos = loop.clientLimits.window().toNanos();
    streamIdleNanos = loop.clientLimits.streamIdle().toNanos();
  }

  void dialing(long now, App app) {
    loop.wheel.set(timed, now + app.connectNanos);
  }

  void waiting(long until) {
    loop.wheel.set(timed, until);
  }

  /** The head was sent; {@code whole} if the body was too. */
  void sent(long now, App app, boolean whole) {
    responseNanos = app.responseNanos;
    requestUntil = slot.at[Stage.BEGIN.ordinal()] + app.requestNanos;
    eventStream = responding = false;
    openWindow(now);
    movedAt = now;
    if (whole) {
      requestWhole(now);
    } else {
      responseUntil = Timed.NEVER;
      loop.wheel.set(timed, Math.min(now + Math.min(windowNanos, responseNanos), requestUntil));
    }
  }

  /** The edge answers by itself. */
  void answering(long now, App app) {
    responseNanos = app.responseNanos;
    requestUntil = slot.at[Stage.BEGIN.ordinal()] + app.requestNanos;
    responseUntil = now + responseNanos;
    responding = false;
  }

  void requestWhole(long now) {
    responseUntil = now + responseNanos;
    loop.wheel.set(timed, Math.min(responseUntil, requestUntil));
  }

  /** Parts of the response are on their way; its end is not known yet. */
  void responding(boolean events) {
    if (!responding) {
      responding = true;
      eventStream = events;
      long now = loop.nanos();
      openWindow(now);
      movedAt = now;
      loop.wheel.set(timed, Math.min(now + windowNanos, Math.max(requestUntil, now)));
    }
  }

  void tunnel() {
    long now = loop.nanos();
    tunnelUntil = Timed.NEVER;
    responding = true;
    openWindow(now);
    movedAt = now;
    loop.wheel.set(timed, now + Math.min(windowNanos, streamIdleNanos));
  }

  /** The tunnel's client was told to leave. */
  void tunnelTold() {
    tunnelUntil = loop.nanos() + loop.clientLimits.linger().toNanos();
    loop.wheel.set(timed, tunnelUntil);
  }

  /** The response is whole but not all of it is with the kernel. */
  void draining(long now) {
    openWindow(now);
    loop.wheel.set(timed, now + windowNanos);
  }

  void expired(long now) {
    switch (exchange.state()) {
      case DIALING -> exchange.toReplica.dialTimedOut();
      case WAITING -> exchange.toReplica.waiting.tooLong();
      case HELD -> exchange.heldTooLong();
      case OPEN, GATHERING, SENT, RESPONDING, TUNNEL, SOURCE, OVER -> check(now);
    }
  }

  private void check(long now) {
    long up = slot.requestBytes - windowUp;
    long sent = down.sentBytes() - windowSent;
    long received = slot.responseBytes - windowDown;
    long took = Math.max(1, now - windowAt);
    if (up > 0 || sent > 0 || received > 0) {
      movedAt = now;
    }
    boolean windowFull = took >= windowNanos;
    if (windowFull && down.pendingBytes() > 0 && slow(sent, took)) {
      exchange.cut(Outcome.TIMED_OUT, "The client reads its response too slowly");
    } else if (exchange.state() == State.TUNNEL) {
      tunnelCheck(now);
    } else if (exchange.state() == State.OVER) {
      again(now);
    } else if (exchange.request.grpc && uploading()) {
      callCheck(now);
    } else if (windowFull && uploading() && down.reading() && slow(up, took)) {
      exchange.requestBroken(408, "The request body arrives too slowly");
    } else if (uploading() && !down.reading() && now - movedAt >= responseNanos) {
      exchange.timedOut(replica() + " stopped reading the request");
    } else if (!responding && now >= responseUntil) {
      exchange.timedOut(replica() + " did not begin to answer within " + seconds(responseNanos));
    } else if (now >= requestUntil && !exempt(now, up + Math.max(sent, received), took)) {
      exchange.timedOut("The whole exchange took longer than its timeout");
    } else {
      again(now);
    }
  }

  /** A gRPC call whose client may say more: as with a tunnel, only silence ends it. */
  private void callCheck(long now) {
    if (now - movedAt >= streamIdleNanos) {
      exchange.timedOut("Nothing was said for " + seconds(streamIdleNanos));
    } else {
      again(now);
    }
  }

  private void tunnelCheck(long now) {
    if (now >= tunnelUntil) {
      exchange.tunnelClosed();
    } else if (now - movedAt >= streamIdleNanos) {
      exchange.tunnelSilent("Nothing was said for " + seconds(streamIdleNanos));
    } else {
      again(now);
    }
  }

  private void again(long now) {
    long next = now + windowNanos;
    if (now - windowAt >= windowNanos) {
      openWindow(now);
    } else {
      next = windowAt + windowNanos;
    }
    if (exchange.state() != State.TUNNEL && exchange.state() != State.OVER) {
      next = Math.min(next, !responding ? responseUntil : next);
      next = requestUntil > now ? Math.min(next, requestUntil) : next;
    }
    loop.wheel.set(timed, exchange.state() == State.TUNNEL ? Math.min(next, tunnelUntil) : next);
  }

  /** Streams may be silent for long; other bodies are exempt while they really move. */
  private boolean exempt(long now, long moved, long took) {
    if (eventStream || exchange.request.grpc && responding) {
      return now - movedAt < streamIdleNanos;
    }
    return moved * (double) SECOND / took >= loop.clientLimits.movingBytesPerSecond();
  }

  private boolean uploading() {
    return !exchange.request.whole;
  }

  private boolean slow(long moved, long took) {
    return moved * (double) SECOND / took < loop.clientLimits.leastBytesPerSecond();
  }

  private void openWindow(long now) {
    windowAt = now;
    windowUp = slot.requestBytes;
    windowSent = down.sentBytes();
    windowDown = slot.responseBytes;
  }

  private String replica() {
    return slot.upstream == null ? "The app" : slot.upstream.replica();
  }

  private static String seconds(long nanos) {
    return Durations.format(Duration.ofNanos(nanos));
  }
}
