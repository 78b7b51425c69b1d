package dev.undercloud.observe.why;

import dev.undercloud.core.policy.Mirror;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.Split;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.observe.Slots;
import dev.undercloud.observe.model.Exchange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** Exchanges to be explained. */
abstract class WhyCase {
  static final long NEVER = -1;

  /** Marks in milliseconds: accept, begin, head, route, queue, connect, first byte, body, drain. */
  static void ms(ExchangeSlot slot, long... at) {
    long[] micros = new long[at.length];
    for (int i = 0; i < at.length; i++) {
      micros[i] = at[i] < 0 ? NEVER : at[i] * 1000;
    }
    Slots.marks(slot, micros);
  }

  static void edge(ExchangeSlot slot, int status, String error) {
    slot.outcome = Outcome.ANSWERED_BY_EDGE;
    slot.status = status;
    slot.error = error;
  }

  static RouteRule route(String path, RouteOptions options) {
    return new RouteRule("undercloud.toml:12", path, List.of(), Set.of(), Map.of(), options);
  }

  static RouteOptions options(
      Optional<RateLimit> limit, Optional<Mirror> mirror, Optional<Split> split) {
    return new RouteOptions(
        Optional.empty(),
        Optional.empty(),
        limit,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        mirror,
        split);
  }

  static Exchange exchange(Consumer<ExchangeSlot> change) {
    ExchangeSlot slot = Slots.ordinary(1, Instant.EPOCH);
    change.accept(slot);
    return Exchange.of(slot);
  }

  static String verdict(Exchange e, double usualMicros) {
    return Explainer.explain(e, OptionalDouble.of(usualMicros), List.of()).verdict();
  }
}
