package dev.undercloud.observe.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.observe.Slots;
import dev.undercloud.observe.model.LogEntry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which lines get which request. Times are milliseconds after a base. */
class CorrelatorTest {
  private static final Instant BASE = Instant.parse("2026-11-23T10:00:00Z");
  private static final long A = 0xaaaaaaaaaaaaaaa1L;
  private static final long B = 0xbbbbbbbbbbbbbbb2L;
  private static final String A_TEXT = Hex.of(A);

  private final RecentExchanges recent = new RecentExchanges(64);
  private final Correlator correlator = new Correlator(recent);
  private final List<LogEntry> out = new ArrayList<>();
  private int inFlight;
  private long seq;

  CorrelatorTest() {
    correlator.edge(
        new EdgeView() {
          @Override
          public long policiesInForce() {
            return 0;
          }

          @Override
          public long versionInForce() {
            return 1;
          }

          @Override
          public int inFlight(String upstreamId) {
            return inFlight;
          }
        });
  }

  private static long micros(long ms) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, BASE) + ms * 1000;
  }

  /** An exchange on a replica from then until then. */
  private ExchangeSlot served(long id, Upstream on, long fromMs, long toMs) {
    ExchangeSlot slot = Slots.ordinary(id, BASE.plusMillis(fromMs));
    slot.upstream = on;
    long took = (toMs - fromMs) * 1000;
    Slots.marks(slot, -1, 0, 0, 0, 0, 0, took, took, took);
    return slot;
  }

  private void end(ExchangeSlot slot) {
    recent.add(slot, ++seq, null);
    correlator.exchange(slot);
  }

  private void line(long atMs, String replica, String text) {
    LogLine line =
        new LogLine(BASE.plusMillis(atMs), LogLine.Source.APP, "articles", replica, null, text);
    LogEntry entry = correlator.byText(LogEntry.of(++seq, line));
    if (!correlator.hold(entry, micros(atMs))) {
      out.add(entry);
    }
  }

  /** Drains with nothing new, until then. */
  private void pass(long fromMs, long toMs) {
    for (long t = fromMs; t <= toMs; t += 20) {
      correlator.look(micros(t));
      correlator.release(micros(t), false, out::add);
    }
  }

  private LogEntry only() {
    assertThat(out).hasSize(1);
    return out.getFirst();
  }

  static Stream<Arguments> texts() {
    String trace = "0af7651916cd43dd" + Hex.of(A ^ 0x5555);
    return Stream.of(
        Arguments.of("{\"event\":\"x\",\"request_id\":\"" + A_TEXT + "\"}", true),
        Arguments.of("{'requestId': '" + A_TEXT + "'}", true),
        Arguments.of("INFO [" + A_TEXT + "] done", true),
        Arguments.of("done " + A_TEXT, true),
        Arguments.of("traceparent=00-" + trace + "-" + A_TEXT + "-01", true),
        Arguments.of("{\"trace_id\": \"" + trace + "\"}", true),
        Arguments.of("{\"span_id\": \"" + A_TEXT + "\"}", true),
        Arguments.of("{\"request_id\": \"cccccccccccccccc\"}", false),
        Arguments.of("sha f" + A_TEXT + " of a longer one", false),
        Arguments.of("commit " + A_TEXT + "00ff", false),
        Arguments.of("id_" + A_TEXT, false),
        Arguments.of("cafe0000cafe0000 is no request", false),
        Arguments.of("nothing at all", false));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void theTextNamesIt(String text, boolean found) {
    end(served(A, Slots.WEB_1, 0, 10));
    LogEntry line =
        correlator.byText(
            LogEntry.of(9, new LogLine(BASE, LogLine.Source.APP, "articles", "web.2", null, text)));
    if (found) {
      assertThat(line.requestId()).isEqualTo(A_TEXT);
      assertThat(line.correlated()).isEqualTo(LogEntry.Correlated.TEXT);
    } else {
      assertThat(line.requestId()).isNotEqualTo(A_TEXT);
    }
  }

  @Test
  void anIdCalledRequestIdIsTakenBeforeTheExchangeEnded() {
    line(5, "web.1", "{\"request_id\": \"" + A_TEXT + "\"}");
    assertThat(only().requestId()).isEqualTo(A_TEXT);
  }

  @Test
  void aTraceOfTwoExchangesNamesNeither() {
    ExchangeSlot first = served(A, Slots.WEB_1, 0, 10);
    ExchangeSlot second = served(B, Slots.WEB_1, 20, 30);
    second.traceLow = first.traceLow;
    end(first);
    end(second);
    String trace = Hex.of(first.traceHigh) + Hex.of(first.traceLow);
    assertThat(TextIds.find("trace " + trace, recent)).isZero();
  }

  @Test
  void anIdWhoseExchangeEndsLaterIsFoundThen() {
    line(5, "web.1", "work on " + A_TEXT);
    pass(20, 180);
    assertThat(out).isEmpty();
    end(served(A, Slots.WEB_1, 0, 190));
    pass(200, 1100);
    assertThat(only().requestId()).isEqualTo(A_TEXT);
    assertThat(only().correlated()).isEqualTo(LogEntry.Correlated.TEXT);
  }

  /** What was on the replica around a line at 100 ms, and whether that makes it certain. */
  static Stream<Arguments> times() {
    return Stream.of(
        Arguments.of("one, and the line in the middle", new long[][] {{A, 60, 140}}, 0, "hello", A),
        Arguments.of("one, begun just before", new long[][] {{A, 99, 140}}, 0, "hello", A),
        Arguments.of("one, that ended just before: no", new long[][] {{A, 60, 95}}, 0, "hello", 0),
        Arguments.of(
            "ended, its access line",
            new long[][] {{A, 60, 95}},
            0,
            "\"GET /articles/one HTTP/1.1\" 200",
            A),
        Arguments.of(
            "ended, another's access line",
            new long[][] {{A, 60, 95}},
            0,
            "\"GET /healthz HTTP/1.1\" 200",
            0),
        Arguments.of(
            "running, another's access line",
            new long[][] {{A, 60, 140}},
            0,
            "\"GET /healthz HTTP/1.1\" 200",
            0),
        Arguments.of("two at a time", new long[][] {{A, 60, 140}, {B, 80, 120}}, 0, "hello", 0),
        Arguments.of(
            "one, another just before", new long[][] {{B, 50, 80}, {A, 90, 140}}, 0, "hello", 0),
        Arguments.of(
            "one, another long before", new long[][] {{B, 10, 60}, {A, 90, 140}}, 0, "hello", A),
        Arguments.of(
            "one, another after", new long[][] {{A, 60, 140}, {B, 120, 180}}, 0, "hello", A),
        Arguments.of("none", new long[][] {{B, 10, 20}}, 0, "hello", 0),
        Arguments.of("one told, one still in flight", new long[][] {{A, 60, 140}}, 1, "hello", 0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("times")
  void timeAndReplicaLeaveOnlyOne(
      String name, long[][] served, int stillInFlight, String text, long expected) {
    line(100, "web.1", text);
    inFlight = 1;
    pass(100, 180);
    inFlight = stillInFlight;
    for (long[] s : served) {
      end(served(s[0], Slots.WEB_1, s[1], s[2]));
    }
    pass(200, 1300);
    LogEntry line = only();
    if (expected == 0) {
      assertThat(line.requestId()).as(name).isNull();
    } else {
      assertThat(line.requestId()).as(name).isEqualTo(Hex.of(expected));
      assertThat(line.correlated()).isEqualTo(LogEntry.Correlated.TIME);
    }
  }

  @Test
  void anotherReplicaDoesNotCount() {
    end(served(A, Slots.WEB_2, 60, 140));
    end(served(B, Slots.WEB_1, 10, 20));
    line(100, "web.1", "hello");
    pass(120, 1300);
    assertThat(only().requestId()).isNull();
  }

  @Test
  void aHealthCheckMakesItUncertain() {
    end(served(A, Slots.WEB_1, 60, 140));
    correlator.otherWork(
        Slots.WEB_1.id(), "articles", "web.1", BASE.plusMillis(95), BASE.plusMillis(105));
    line(100, "web.1", "hello");
    pass(120, 1300);
    assertThat(only().requestId()).isNull();
  }

  @Test
  void whatIsSaidDuringAHealthCheckAloneIsMarkedSo() {
    correlator.otherWork(
        Slots.WEB_1.id(), "articles", "web.1", BASE.plusMillis(95), BASE.plusMillis(105));
    line(100, "web.1", "hello");
    pass(120, 1300);
    LogEntry line = only();
    assertThat(line.requestId()).isNull();
    assertThat(line.correlated()).isEqualTo(LogEntry.Correlated.HEALTH);
  }

  @Test
  void anotherAttemptMakesEveryReplicaUncertain() {
    end(served(B, Slots.WEB_1, 10, 20));
    end(served(A, Slots.WEB_1, 60, 140));
    ExchangeSlot retried = served(7, Slots.WEB_2, 80, 120);
    retried.attempts = 2;
    end(retried);
    line(100, "web.1", "hello");
    pass(120, 1300);
    assertThat(only().requestId()).isNull();
  }

  @Test
  void aReplicaThatWasReplacedMakesItUncertain() {
    end(served(B, Slots.WEB_1, 10, 90));
    Upstream replaced =
        new Upstream("articles.web.1-0000", "articles", "web.1", "r2", Slots.WEB_1.address());
    end(served(A, replaced, 95, 140));
    line(130, "web.1", "hello");
    pass(150, 1400);
    assertThat(only().requestId()).isNull();
  }

  @Test
  void nothingWaitsForEver() {
    inFlight = 3;
    end(served(A, Slots.WEB_1, 0, 10));
    for (int i = 0; i < 10; i++) {
      line(100 + i, "web.1", "hello " + i);
    }
    line(100, "worker.1", "no replica of the edge");
    pass(120, 1200);
    assertThat(out).hasSize(11);
    line(2000, "web.1", "the clock is set back after this");
    pass(500, 520);
    assertThat(out).hasSize(12);
  }
}
