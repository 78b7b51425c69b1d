package dev.undercloud.observe.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.observe.FakeClock;
import dev.undercloud.observe.Slots;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LiveStatsTest {
  private final FakeClock clock = new FakeClock("2026-11-23T10:00:00Z");
  private final LiveStats live = new LiveStats(clock);

  private void served(long micros, int status, String replica) {
    ExchangeSlot slot = Slots.ordinary(1, clock.now());
    slot.upstream = Slots.upstream(replica);
    slot.status = status;
    slot.at[Stage.DRAIN.ordinal()] = slot.at[Stage.BEGIN.ordinal()] + micros * 1000;
    live.record(slot, clock.nanos());
  }

  @Test
  void ratesOfTheLastSecondsByAppAndReplica() {
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 10; i++) {
        served(20_000, i == 0 ? 500 : 200, i < 5 ? "web.1" : "web.2");
      }
      clock.pass(Duration.ofSeconds(1));
    }
    clock.pass(Duration.ofMillis(-1));
    AppLive app = live.app("articles");
    assertThat(app.count()).isEqualTo(600);
    assertThat(app.last10().count()).isEqualTo(100);
    assertThat(app.last10().perSecond()).isCloseTo(10, within(0.1));
    assertThat(app.last60().count()).isEqualTo(600);
    assertThat(app.last60().errorRate()).isCloseTo(0.1, within(1e-9));
    assertThat(app.last10().p50Millis()).isCloseTo(20, within(1.0));
    assertThat(app.replica("web.1").last10().errorRate()).isCloseTo(0.2, within(1e-9));
    assertThat(app.replica("web.2").last10().errorRate()).isZero();
    assertThat(app.replica("web.9").count()).isZero();
    clock.pass(Duration.ofSeconds(61));
    assertThat(live.app("articles").last60()).isEqualTo(Rates.NONE);
    assertThat(live.app("articles").count()).isEqualTo(600);
    clock.pass(Duration.ofSeconds(300));
    assertThat(live.app("articles").replicas()).isEmpty();
  }

  @Test
  void countsWhatTheEdgeDid() {
    RouteRule rule = rule("undercloud.toml:3");
    handled(AnsweredBy.RATE_LIMIT, rule, 13);
    handled(AnsweredBy.ADDRESS, rule, 0);
    handled(AnsweredBy.CACHE, rule, 13);
    // Read anew, the same line is the same route.
    handled(AnsweredBy.APP, rule("undercloud.toml:3"), 12);
    EdgeLive edge = live.edge("articles");
    assertThat(edge.of(AnsweredBy.RATE_LIMIT).total()).isEqualTo(1);
    assertThat(edge.of(AnsweredBy.FILE)).isEqualTo(Count.NONE);
    assertThat(edge.tls().total()).isEqualTo(3);
    RouteLive route = edge.routes().getFirst();
    assertThat(edge.routes()).hasSize(1);
    assertThat(route.requests().total()).isEqualTo(4);
    assertThat(route.requests().perSecond()).isPositive();
    assertThat(List.of(route.limited(), route.denied(), route.byEdge()))
        .containsExactly(1L, 1L, 1L);
    clock.pass(Duration.ofSeconds(11));
    assertThat(live.edge("articles").routes().getFirst().requests()).isEqualTo(new Count(4, 0));
    assertThat(live.app("articles").replica("web.1").quietSeconds()).isEqualTo(11);
  }

  private static RouteRule rule(String where) {
    return new RouteRule(where, "/api/*", List.of(), Set.of(), Map.of(), RouteOptions.NONE);
  }

  private void handled(AnsweredBy by, RouteRule route, int tls) {
    ExchangeSlot slot = Slots.ordinary(1, clock.now());
    slot.by = by;
    slot.route = route;
    slot.tls = tls;
    live.record(slot, clock.nanos());
  }

  @Test
  void theWallClockDoesNotMatter() {
    served(1_000, 200, "web.1");
    clock.set("2020-01-01T00:00:00Z");
    served(1_000, 200, "web.1");
    assertThat(live.app("articles").last10().count()).isEqualTo(2);
  }

  @Test
  void quantilesAreWithinFivePercent() {
    SplittableRandom random = new SplittableRandom(11);
    long[] all = new long[20_000];
    for (int i = 0; i < all.length; i++) {
      // From 50 µs to 5 s, evenly over the magnitudes.
      all[i] = (long) (50 * Math.pow(10, random.nextDouble() * 5));
      served(all[i], 200, "web.1");
    }
    Arrays.sort(all);
    Rates rates = live.app("articles").last10();
    assertThat(rates.p50Millis() * 1000 / all[9_999]).isCloseTo(1, within(0.05));
    assertThat(rates.p99Millis() * 1000 / all[19_799]).isCloseTo(1, within(0.05));
  }

  @Test
  void everyValueIsInABucketNearIt() {
    for (long v = 0; v < 1L << 30; v = v < 100 ? v + 1 : v * 21 / 20) {
      double middle = Histogram.value(Histogram.index(v));
      assertThat(Math.abs(middle - v)).isLessThanOrEqualTo(Math.max(0.5, v * 0.033));
    }
    assertThat(Histogram.index(Long.MAX_VALUE)).isEqualTo(Histogram.SIZE - 1);
    assertThat(Histogram.index(-5)).isZero();
  }

  @Test
  void appsAndReplicasAreBounded() {
    for (int i = 0; i < 500; i++) {
      ExchangeSlot slot = Slots.ordinary(1, clock.now());
      slot.app = "app" + i;
      slot.upstream = null;
      live.record(slot, clock.nanos());
      served(1_000, 200, "web." + i);
    }
    assertThat(live.apps()).hasSizeLessThanOrEqualTo(65);
    assertThat(live.app(LiveStats.OTHER).count()).isPositive();
  }

  @Test
  void aFollowerThatSleepsMissesSomeAndBlocksNobody() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    var feed =
        new Feed<Integer>(
            "slow",
            () -> {
              try {
                release.await();
              } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
              }
            },
            n -> {},
            f -> {});
    feed.start();
    for (int i = 0; i < Feed.WAITING + 100; i++) {
      feed.offer(i);
    }
    assertThat(feed.dropped()).isEqualTo(100);
    release.countDown();
    feed.close();
  }

  @Test
  void aFollowerThatFailsIsGone() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    var feed =
        new Feed<Integer>(
            "broken",
            () -> {},
            n -> {
              throw new IllegalStateException("closed");
            },
            f -> gone.countDown());
    feed.start();
    feed.offer(1);
    gone.await();
    feed.offer(2);
    assertThat(feed.dropped()).isZero();
  }
}
