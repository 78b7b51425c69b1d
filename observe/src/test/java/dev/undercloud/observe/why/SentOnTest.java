package dev.undercloud.observe.why;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Destination;
import dev.undercloud.core.policy.Mirror;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.Split;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.observe.Slots;
import dev.undercloud.observe.model.Exchange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a request was served by another app, that is said, and once. */
class SentOnTest {
  private static final String DECIDED = "The route /* (undercloud.toml:12) decided.";

  private static Why explain(ExchangeSlot slot) {
    return Explainer.explain(Exchange.of(slot), OptionalDouble.empty(), List.of());
  }

  private static ExchangeSlot routed(Optional<Mirror> mirror, Optional<Split> split) {
    RouteOptions options =
        new RouteOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            mirror,
            split);
    ExchangeSlot slot = Slots.ordinary(1, Instant.EPOCH);
    slot.route = new RouteRule("undercloud.toml:12", "/*", List.of(), Set.of(), Map.of(), options);
    return slot;
  }

  private static Destination destination(String name) {
    return name.indexOf(':') < 0 ? new Destination.App(name) : Destination.At.parse(name);
  }

  private static ExchangeSlot split(String to) {
    ExchangeSlot slot = routed(Optional.empty(), Optional.of(new Split(destination(to), 50)));
    slot.app = to;
    return slot;
  }

  /** Nobody knows which release of it runs. */
  private static Upstream other(String app) {
    return new Upstream(app, app, app, "", new Address.Tcp("127.0.0.1", 9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "live          | the app live, whose own records tell more.",
        "http://127.0.0.1:9000| http://127.0.0.1:9000.",
      })
  void byASplitIsSaidOnce(String to, String says) {
    ExchangeSlot slot = split(to);
    slot.upstream = other(to);
    Why why = explain(slot);
    assertThat(why.verdict()).endsWith(" A split sent it on to " + says);
    assertThat(why.notes()).containsExactly(DECIDED);
  }

  @ParameterizedTest
  @CsvSource({"live,the app live", "http://127.0.0.1:9000,http://127.0.0.1:9000"})
  void aSplitThatReachedNobodyIsANote(String to, String says) {
    ExchangeSlot slot = split(to);
    slot.upstream = null;
    Why why = explain(slot);
    assertThat(why.verdict()).doesNotContain("sent it on");
    assertThat(why.notes()).containsExactly(DECIDED, "A split gave it to " + says + ".");
  }

  @Test
  void aRouteThatSendsAllIsNoSplit() {
    ExchangeSlot slot = Slots.ordinary(1, Instant.EPOCH);
    slot.app = "live";
    slot.upstream = other("live");
    assertThat(explain(slot).verdict())
        .endsWith(" A route sent it on to the app live, whose own records tell more.");
  }

  @ParameterizedTest
  @CsvSource({"live,the app live", "http://127.0.0.1:9000,http://127.0.0.1:9000"})
  void aCopyOfItWentElsewhere(String to, String says) {
    Mirror mirror = new Mirror(destination(to), 100);
    ExchangeSlot slot = routed(Optional.of(mirror), Optional.empty());
    slot.mirrored = true;
    Why why = explain(slot);
    assertThat(why.verdict()).doesNotContain("sent it on");
    assertThat(why.notes())
        .containsExactly(DECIDED, "A copy went to " + says + ", as its route mirrors.");
  }
}
