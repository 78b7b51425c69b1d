package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.proxy.Exchange.State;

/**
 * How one exchange waits for a replica: in its app's line for room, or aside until one can be
 * reached. Its loop's thread only.
 */
final class Waiting {
  private final Loop loop;
  private final Exchange exchange;
  private final Attempts attempts;

  Waiting(Loop loop, Exchange exchange, Attempts attempts) {
    this.loop = loop;
    this.exchange = exchange;
    this.attempts = attempts;
  }

  /** No replica takes it now: waits, or answers where that is of no use. */
  void begin(App app, long now) {
    boolean copy = exchange.request.copy;
    exchange.state = State.WAITING;
    if (attempts.isFull() && !copy) {
      lineUp(app, now);
      return;
    }
    long until = attempts.waitsUntil(app, now);
    if (until - now <= 0 || copy || !loop.park(exchange)) {
      tooLong();
      return;
    }
    exchange.watchdog.waiting(until);
  }

  /** Waits for room at the app's replicas, if that is worth it. */
  private void lineUp(App app, long now) {
    boolean again = attempts.linesUpAgain();
    long until = attempts.linesUpUntil(app, exchange.slot.at[Stage.BEGIN.ordinal()], now);
    Answer refusal = app.queue.wait(exchange, app, again, now, until);
    if (refusal == null) {
      exchange.watchdog.waiting(until);
    } else {
      exchange.answer(refusal);
    }
  }

  void tooLong() {
    Answer answer = attempts.surrender(exchange.app(), exchange.replica());
    if (answer.status() == 502) {
      attempts.gaveUp(exchange.app(), loop.nanos());
    }
    exchange.answer(answer);
  }

  /** It waits for a replica no longer. */
  void end() {
    if (exchange.inLine()) {
      exchange.app().queue.remove(exchange);
    } else {
      loop.unpark(exchange);
    }
  }
}
