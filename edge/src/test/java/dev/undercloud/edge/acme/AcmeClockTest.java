package dev.undercloud.edge.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.Pebble;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.SkippingClock;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.tls.Identity;
import dev.undercloud.edge.tls.Tls;
import dev.undercloud.edge.tls.TlsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to certificates in days and years, which pass in a moment here. */
@Timeout(90)
class AcmeClockTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir Path folder;
  private final SkippingClock clock = SkippingClock.brief();
  private final List<LogLine> log = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private TlsPolicy.Acme wanted;

  @BeforeEach
  void look() {
    assumeTrue(Pebble.isInstalled(), "the Debian package pebble is missing");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private Pebble by(Pebble pebble) {
    open.add(pebble);
    wanted = from(pebble.directory());
    return pebble;
  }

  private static TlsPolicy.Acme from(String directory) {
    return new TlsPolicy.Acme(directory, List.of("shop.test"), "ops@shop.test", "http-01");
  }

  /** A process that looks after {@link #wanted}, with nothing but the files of those before it. */
  private Acme process() {
    return process(5);
  }

  private Acme process(int mostADay) {
    AcmeConfig plain = AcmeConfig.in(folder.resolve("acme"), DnsChallenges.NONE);
    AcmeConfig config =
        new AcmeConfig(
            plain.folder(),
            plain.dns(),
            Optional.of(Pebble.trust(folder)),
            mostADay,
            plain.firstRetry(),
            plain.lastRetry(),
            Duration.ofSeconds(20));
    AcmeStore store = new AcmeStore(config.folder());
    TlsConfig https = TlsConfig.on(Ports.onLoopback(0), folder.resolve("ca"));
    Tls tls = new Tls(https, clock, log::add, List.of("http/1.1"), store);
    Acme acme = new Acme(config, store, tls, clock, log::add);
    AppPolicy none = AppPolicy.NONE;
    TlsPolicy policy =
        new TlsPolicy(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Duration.ZERO,
            Optional.of(wanted));
    AppPolicy shop =
        new AppPolicy(
            List.of(), Optional.empty(), List.of(), none.balance(), policy, Optional.empty());
    acme.start(new Watch<>(new EdgePolicies(1, Map.of("shop", shop))));
    open.add(acme);
    open.add(tls);
    return acme;
  }

  private OrderState state() {
    return new AcmeStore(folder.resolve("acme")).state(wanted);
  }

  private void until(BooleanSupplier holds) {
    Rig.eventually(holds);
    // And whatever it has set off is over.
    clock.letLook();
  }

  private long said(String words) {
    return log.stream().filter(line -> line.message().contains(words)).count();
  }

  @Test
  void renewsAfterTwoThirdsOfTheLifetimeAndNotBefore() throws Exception {
    by(Pebble.credulous(folder));
    Acme acme = process();
    until(() -> acme.certificate(wanted).isPresent());
    Identity first = acme.certificate(wanted).orElseThrow();
    Instant due = Acme.renewal(first);
    Duration life =
        Duration.between(first.certificate().getNotBefore().toInstant(), first.notAfter());
    assertThat(due)
        .isBetween(
            first.notAfter().minus(life.dividedBy(3)), first.notAfter().minus(life.dividedBy(4)));

    clock.skip(Duration.between(clock.now(), due).minus(Duration.ofMinutes(1)));
    clock.letLook();
    assertThat(acme.certificate(wanted)).contains(first);
    assertThat(state().orders()).hasSize(1);

    clock.skip(Duration.ofMinutes(2));
    until(() -> !acme.certificate(wanted).equals(Optional.of(first)));
    assertThat(state().orders()).hasSize(2);
  }

  @Test
  void aRestartOrdersNothingThatIsThereAndRenewsWhenTheFirstWouldHave() throws Exception {
    by(Pebble.credulous(folder));
    Acme first = process();
    until(() -> first.certificate(wanted).isPresent());
    Identity kept = first.certificate(wanted).orElseThrow();
    first.close();
    for (int i = 0; i < 3; i++) {
      Acme next = process();
      clock.letLook();
      assertThat(next.certificate(wanted)).contains(kept);
      next.close();
    }
    assertThat(state().orders()).hasSize(1);
    clock.skip(Duration.between(clock.now(), Acme.renewal(kept)).plus(SECOND));
    Acme last = process();
    until(() -> said("shop.test has a certificate") == 2);
    assertThat(last.certificate(wanted).orElseThrow()).isNotEqualTo(kept);
    assertThat(state().orders()).hasSize(2);
  }

  @Test
  void eachFailureDoublesThePauseUpToHalfADay() {
    // Nobody listens there.
    wanted = from("https://localhost:1/dir");
    process();
    Duration pause = Duration.ofMinutes(15);
    for (int failures = 1; failures < 10; failures++) {
      int now = failures;
      until(() -> state().failures() == now);
      Duration left = Duration.between(clock.now(), state().notBefore());
      assertThat(left).isBetween(pause.minus(Duration.ofMinutes(1)), pause);
      clock.skip(left.minus(Duration.ofMinutes(1)));
      clock.letLook();
      assertThat(state().failures()).as("not before its time").isEqualTo(now);
      clock.skip(Duration.ofMinutes(1));
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(DAY.dividedBy(2)) > 0 ? DAY.dividedBy(2) : pause;
    }
    assertThat(state().orders()).as("it never came to an order").isEmpty();
    assertThat(said("The next attempt is in 15m.")).isEqualTo(1);
    assertThat(said("The next attempt is in 12h.")).isGreaterThan(1);
  }

  @Test
  void aRestartEndsNoPause() {
    wanted = from("https://localhost:1/dir");
    Acme first = process();
    until(() -> state().failures() == 1);
    first.close();
    Acme second = process();
    clock.letLook();
    assertThat(state().failures()).isEqualTo(1);
    clock.skip(Duration.ofMinutes(15));
    until(() -> state().failures() == 2);
    second.close();
  }

  @Test
  void ordersOfADayAreCountedAcrossRestarts() throws Exception {
    by(Pebble.refusing(folder));
    for (int orders = 1; orders <= 2; orders++) {
      int now = orders;
      Acme acme = process(2);
      until(() -> state().orders().size() == now && state().failures() == now);
      acme.close();
      clock.skip(Duration.ofHours(1));
    }
    Instant first = state().orders().getFirst();
    Acme third = process(2);
    clock.skip(Duration.between(clock.now(), first.plus(DAY)).minus(Duration.ofMinutes(1)));
    clock.letLook();
    assertThat(state().orders()).hasSize(2);
    assertThat(said("has ordered 2 certificates within a day")).isPositive();
    clock.skip(Duration.ofMinutes(1));
    until(() -> state().orders().size() == 3);
    third.close();
  }

  @Test
  void anAuthorityThatHasForgottenUsLearnsOurNameAgain() throws Exception {
    Pebble pebble = by(Pebble.credulous(folder));
    Acme acme = process();
    until(() -> acme.certificate(wanted).isPresent());
    Identity first = acme.certificate(wanted).orElseThrow();
    pebble.forget();
    clock.skip(Duration.between(clock.now(), Acme.renewal(first)).plus(SECOND));
    until(() -> state().failures() == 1);
    assertThat(said("The one in use is good until " + first.notAfter())).isEqualTo(1);
    clock.skip(Duration.ofMinutes(15));
    until(() -> !acme.certificate(wanted).equals(Optional.of(first)));
    assertThat(state().failures()).isZero();
  }

  @Test
  void aLostOrderIsNoWayAroundTheDaysOrders() throws Exception {
    by(Pebble.credulous(folder));
    AcmeStore store = new AcmeStore(folder.resolve("acme"));
    // What an earlier process left: an order that nobody remembers, the only one of today.
    Instant now = clock.now();
    String lost = wanted.directory().replace("/dir", "/my-order/none");
    store.save(wanted, OrderState.NEW.ordering(now).opened(lost));
    Acme acme = process(1);
    until(() -> said("no other may be made today") == 1);
    assertThat(state().orders()).hasSize(1);
    assertThat(state().open()).isEmpty();
    clock.skip(DAY);
    until(() -> acme.certificate(wanted).isPresent());
    assertThat(state().orders()).hasSize(2);
  }

  @Test
  void aClockThatWasAheadIsNotWaitedFor() throws Exception {
    by(Pebble.credulous(folder));
    AcmeStore store = new AcmeStore(folder.resolve("acme"));
    Instant wrong = clock.now().plus(Duration.ofDays(3650));
    store.save(wanted, OrderState.NEW.ordering(wrong).failed(wrong));
    Acme acme = process(1);
    clock.letLook();
    assertThat(acme.certificate(wanted)).isEmpty();
    clock.skip(DAY.plus(SECOND));
    until(() -> acme.certificate(wanted).isPresent());
  }

  @Test
  void aClockThatIsSetBackDelaysNoRenewal() throws Exception {
    by(Pebble.credulous(folder));
    Acme acme = process();
    until(() -> acme.certificate(wanted).isPresent());
    Identity first = acme.certificate(wanted).orElseThrow();
    Duration wait = Duration.between(clock.now(), Acme.renewal(first));
    clock.set(Duration.ofDays(-3650));
    clock.letLook();
    assertThat(acme.certificate(wanted)).contains(first);
    clock.skip(wait.plus(SECOND));
    until(() -> !acme.certificate(wanted).equals(Optional.of(first)));
  }
}
