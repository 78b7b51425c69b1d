package dev.undercloud.observe.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQueryRing;
import dev.undercloud.core.zone.DnsQuerySlot;
import dev.undercloud.observe.FakeClock;
import dev.undercloud.observe.Questions;
import dev.undercloud.observe.Slots;
import dev.undercloud.observe.ingest.Drain;
import dev.undercloud.observe.ingest.Followers;
import dev.undercloud.observe.ingest.LogRing;
import dev.undercloud.observe.ingest.RecentExchanges;
import dev.undercloud.observe.ingest.RecentLines;
import dev.undercloud.observe.ingest.RecentQueries;
import dev.undercloud.observe.live.LiveStats;
import dev.undercloud.observe.log.AccessLog;
import dev.undercloud.observe.metrics.DnsMetrics;
import dev.undercloud.observe.metrics.RequestMetrics;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Lookup;
import dev.undercloud.observe.store.Store;
import dev.undercloud.observe.store.StoreLimits;
import dev.undercloud.observe.why.Why;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers come from memory and the store alike, and from both at once nothing twice. */
@Timeout(60)
class HistoryTest {
  /** So few are remembered that most answers need the store. */
  private static final int REMEMBERED = 8;

  @TempDir Path home;

  private final FakeClock clock = new FakeClock("2026-11-23T10:00:00Z");
  private final ExchangeRing ring = new ExchangeRing(256);
  private final LogRing logs = new LogRing();
  private final RecentExchanges recent = new RecentExchanges(REMEMBERED);
  private final RecentLines lines = new RecentLines();
  private final DnsQueryRing dnsRing = new DnsQueryRing(64);
  private final RecentQueries queries = new RecentQueries(REMEMBERED);

  /** What happens after questions were read and before exchanges are. */
  private Runnable meanwhile = () -> {};

  private Store store;
  private AccessLog access;
  private Drain drain;
  private History history;

  @BeforeEach
  void open() {
    StoreLimits limits = new StoreLimits(ByteSize.ofMiB(50), Duration.ofDays(3), new ByteSize(0));
    store = new Store(home.resolve("telemetry"), limits, clock, words -> {});
    access = new AccessLog(home.resolve("access.jsonl"), ByteSize.ofMiB(1), clock, words -> {});
    Drain.Sinks sinks =
        new Drain.Sinks(
            new LiveStats(clock),
            new RequestMetrics(),
            access,
            store,
            recent,
            lines,
            queries,
            new DnsMetrics(),
            new Followers());
    drain =
        new Drain(
            () -> {
              meanwhile.run();
              return List.of(ring);
            },
            () -> List.of(dnsRing),
            logs,
            sinks,
            new Drain.Rates(100, 10, 100, 100, 100, 50),
            clock);
    history = new History(new Memory(recent, lines, queries), store, clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Twenty requests, one a second: every fifth fails, the seventh is slow; a line beside each. */
  private void served() {
    for (int i = 1; i <= 20; i++) {
      ExchangeSlot slot = Slots.ordinary(i, clock.now());
      Slots.target(slot, i % 2 == 0 ? "/even/" + i : "/odd?n=" + i);
      slot.status = i % 5 == 0 ? 500 : 200;
      slot.upstream = i % 2 == 0 ? Slots.WEB_2 : Slots.WEB_1;
      if (i == 7) {
        Slots.marks(slot, -1, 0, 1, 2, 3, 4, 3_000_000, 3_000_001, 3_000_002);
      }
      ring.offer(slot);
      logs.log(line("articles", "web.1", Hex.of(i), "request number " + i));
      drain.step();
      clock.pass(Duration.ofSeconds(1));
    }
    drain.step();
    stored();
  }

  private void stored() {
    store.step();
    clock.pass(Duration.ofSeconds(10));
    store.step();
  }

  private LogLine line(String app, String replica, @Nullable String request, String message) {
    return new LogLine(clock.now(), LogLine.Source.APP, app, replica, request, message);
  }

  private List<Long> ids(RequestQuery query) {
    return history.requests(query).stream().map(Exchange::id).toList();
  }

  @Test
  void theLatestAreNewestFirstAndEachOnce() {
    served();
    assertThat(ids(RequestQuery.latest(3))).containsExactly(20L, 19L, 18L);
    assertThat(ids(RequestQuery.latest(100))).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void requestsAreChosenByEveryCriterion() {
    served();
    assertThat(ids(query(true, false, null, null, 2))).startsWith(7L).hasSize(2);
    assertThat(ids(query(false, true, null, null, 9))).containsExactly(20L, 15L, 10L, 5L);
    assertThat(ids(query(false, false, "/even", null, 3))).containsExactly(20L, 18L, 16L);
    assertThat(ids(query(false, false, null, "web.2", 100))).hasSize(10);
    assertThat(ids(new RequestQuery("other", null, null, false, false, null, 10))).isEmpty();
    Instant since = Instant.parse("2026-11-23T10:00:15Z");
    assertThat(ids(new RequestQuery("articles", null, since, false, false, null, 100)))
        .containsExactly(20L, 19L, 18L, 17L, 16L);
  }

  private static RequestQuery query(
      boolean slow, boolean errors, @Nullable String path, @Nullable String replica, int limit) {
    return new RequestQuery(null, replica, null, slow, errors, path, limit);
  }

  @Test
  void aRequestIsExplainedFromTheStoreWithWhatIsUsual() {
    served();
    assertThat(recent.find(7)).as("memory has forgotten it").isEmpty();
    Why why = history.why(" 0000000000000007").orElseThrow();
    assertThat(why.verdict()).contains("The app took 3000 of 3000 ms").contains("times the usual");
    assertThat(why.usualMillis()).hasValue(12.3);
    assertThat(why.lines())
        .extracting(LogEntry::message)
        .containsExactly("request number 7", "GET /odd?n=7 200 3000.0 ms web.1 1.2 KiB");
  }

  @Test
  void whatIsNotKnownIsEmptyAndWhatIsNoIdIsSaid() {
    served();
    assertThat(history.why("00000000000000ff")).isEmpty();
    assertThatThrownBy(() -> history.why("seven"))
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("16 hexadecimal digits");
    assertThatThrownBy(() -> history.logLines(LogQuery.ofRequest("x' OR 1=1 --")))
        .isInstanceOf(CloudException.class);
  }

  @Test
  void linesComeFromBothInTheirOrder() {
    served();
    List<LogEntry> all = history.logLines(LogQuery.latest(1_000));
    assertThat(all).hasSize(40).isSortedAccordingTo((a, b) -> a.time().compareTo(b.time()));
    assertThat(history.logLines(LogQuery.latest(4))).isEqualTo(all.subList(36, 40));
    assertThat(lines("number 1")).hasSize(11);
    assertThat(lines("GET /even/4 200")).hasSize(1);
    assertThat(lines("GET /odd?n=7 200 3000.0 ms web.1")).hasSize(1);
    assertThat(lines("'; DROP TABLE logs; --")).isEmpty();
    assertThat(history.logLines(LogQuery.ofRequest("0000000000000003")))
        .extracting(l -> l.source().name())
        .containsExactlyInAnyOrder("APP", "EDGE");
    LogQuery edge = new LogQuery(null, null, "web.2", LogLine.Source.EDGE, null, null, 1_000);
    assertThat(history.logLines(edge)).hasSize(10);
  }

  private List<LogEntry> lines(String grep) {
    return history.logLines(new LogQuery(null, null, null, null, null, grep, 1_000));
  }

  @Test
  void aLineWhoseTextHasTheIdBelongsEvenWhereNobodyKnewIt() {
    logs.log(line("articles", "worker.1", null, "job for 00000000000000ab done"));
    drain.step();
    assertThat(history.logLines(LogQuery.ofRequest("00000000000000ab"))).hasSize(1);
    clock.pass(Duration.ofSeconds(2));
    drain.step();
    stored();
    History stored = new History(null, store, clock);
    assertThat(stored.logLines(LogQuery.ofRequest("00000000000000AB"))).hasSize(1);
  }

  @Test
  void overTheBudgetStatisticsGoOnAndFailuresAreKept() {
    for (int i = 1; i <= 200; i++) {
      ExchangeSlot slot = Slots.ordinary(i, clock.now());
      slot.status = i > 195 ? 502 : 200;
      ring.offer(slot);
    }
    drain.step();
    stored();
    assertThat(drain.exchangesSeen()).isEqualTo(200);
    assertThat(drain.exchangesSkipped()).isEqualTo(95);
    List<Exchange> kept = new History(null, store, clock).requests(RequestQuery.latest(1_000));
    assertThat(kept).hasSize(105);
    assertThat(kept.stream().filter(Exchange::failed)).hasSize(5);
  }

  private void asked(String name, String client) {
    DnsQuerySlot slot = Objects.requireNonNull(dnsRing.claim());
    Questions.copy(Questions.ordinary(name, client, clock.nanos(), clock.now()), slot);
    dnsRing.publish();
  }

  /** An exchange that opens its connection a millisecond after now. */
  private void connected(long id, String client) {
    ExchangeSlot slot = Slots.ordinary(id, clock.now());
    Slots.marks(slot, 0, 10, 20, 30, 40, 50, 60, 70, 80);
    for (int i = 0; i < slot.at.length; i++) {
      slot.at[i] += clock.nanos() - 5_000_000_000L + 1_000_000;
    }
    slot.client = client;
    ring.offer(slot);
  }

  @Test
  void aQuestionIsTheFirstHopOfARequestInMemoryAndInTheStore() {
    asked("articles.localhost", "127.0.0.1");
    connected(1, "127.0.0.1");
    connected(2, "192.0.2.7");
    ring.offer(Slots.ordinary(3, clock.now()));
    drain.step();
    Lookup lookup = history.request(Hex.of(1)).orElseThrow().lookup();
    assertThat(lookup).isNotNull();
    assertThat(lookup.how()).isEqualTo(Lookup.How.LOOPBACK);
    assertThat(lookup.beforeMicros()).isEqualTo(960);
    assertThat(history.request(Hex.of(2)).orElseThrow().lookup()).isNull();
    assertThat(history.request(Hex.of(3)).orElseThrow().lookup()).isNull();
    stored();
    History past = new History(null, store, clock);
    assertThat(past.requests(RequestQuery.latest(10)))
        .extracting(Exchange::lookup)
        .containsExactlyInAnyOrder(lookup, null, null);
    assertThat(past.why(Hex.of(1)).orElseThrow().exchange().lookup()).isEqualTo(lookup);
  }

  @Test
  void aQuestionThatCameInMeanwhileIsNotMissed() {
    connected(1, "127.0.0.1");
    meanwhile = () -> asked("articles.localhost", "127.0.0.1");
    drain.step();
    assertThat(history.request(Hex.of(1)).orElseThrow().lookup()).isNotNull();
  }

  @Test
  void questionsAreKeptByNameAndTimeAndOverTheBudgetOnlyCounted() {
    for (int i = 0; i < 60; i++) {
      asked("n" + i + ".shop.test", "192.0.2.7");
      clock.pass(Duration.ofMillis(1));
    }
    drain.step();
    stored();
    assertThat(drain.queriesSkipped()).isEqualTo(10);
    List<DnsQuery> all = history.queries(new DnsFilter(null, null, 1_000));
    // Fifty of the store, and of the ten that are not stored the eight that memory has.
    assertThat(all).hasSize(58);
    assertThat(all).doesNotHaveDuplicates();
    assertThat(all.getFirst().name()).isEqualTo("n59.shop.test.");
    assertThat(history.queries(new DnsFilter(null, null, 3))).hasSize(3);
    assertThat(history.queries(new DnsFilter(null, "N7.shop", 10))).hasSize(1);
    Instant later = clock.now().plusSeconds(1);
    assertThat(history.queries(new DnsFilter(later, null, 10))).isEmpty();
    List<DnsQuery> past = new History(null, store, clock).queries(new DnsFilter(null, "n7.", 10));
    assertThat(past).hasSize(1);
    assertThat(past.getFirst())
        .isEqualTo(
            new DnsQuery(
                past.getFirst().epochMicros(),
                "192.0.2.7",
                "",
                "n7.shop.test.",
                1,
                0,
                DnsQuery.Reply.WHOLE,
                1,
                5,
                "127.0.0.1",
                40,
                false));
    assertThat(store.state().queries()).isEqualTo(50);
  }

  @Test
  void anItemThatCannotBeTakenInCostsItselfAlone() {
    ExchangeSlot broken = Slots.ordinary(1, clock.now());
    broken.upstream = new dev.undercloud.core.route.Upstream(null, "a", "web.1", "r", null);
    ring.offer(broken);
    ring.offer(Slots.ordinary(2, clock.now()));
    drain.step();
    drain.step();
    assertThat(recent.find(2)).isPresent();
    assertThat(lines("could not take in an item")).hasSize(1);
  }

  @Test
  void memoryAnswersWhileTheStoreCannot() throws Exception {
    java.nio.file.Files.writeString(home.resolve("telemetry"), "in the way");
    served();
    assertThat(history.requests(RequestQuery.latest(100))).hasSize(REMEMBERED);
    assertThat(history.why(Hex.of(20))).isPresent();
  }
}
