package dev.undercloud.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.time.Clock;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.query.LogQuery;
import dev.undercloud.observe.query.RequestQuery;
import dev.undercloud.observe.why.Why;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole plane on the machine's clock: threads, files, DuckDB. */
@Timeout(60)
class ObserveTest {
  @TempDir Path home;

  private final Clock clock = Clock.system();
  private final ExchangeRing ring = new ExchangeRing(1024);

  private Observe start() {
    return Observe.start(ObserveConfig.in(home), () -> List.of(ring), List::of, clock, line -> {});
  }

  private void until(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(10);
    }
  }

  @Test
  void explainsARequestAtOnceAndAfterTheEnd() throws Exception {
    long id = 0xabcdef0123456789L;
    String text = Hex.of(id);
    try (Observe observe = start()) {
      ring.offer(Slots.ordinary(id, clock.now()));
      observe.logs().log(app("web.1", "{\"event\": \"view\", \"request_id\": \"" + text + "\"}"));
      until(() -> observe.why(text).isPresent() && observe.why(text).get().lines().size() == 2);
      explained(observe.why(text).orElseThrow());
      assertThat(observe.requests(RequestQuery.latest(10))).hasSize(1);
      assertThat(observe.live().app("articles").last10().count()).isEqualTo(1);
    }
    try (Offline offline = Observe.openReadOnly(home.resolve("telemetry"), clock)) {
      explained(offline.why(text).orElseThrow());
      assertThat(offline.requests(RequestQuery.latest(10))).hasSize(1);
      assertThat(offline.logLines(LogQuery.ofRequest(text))).hasSize(2);
    }
    assertThat(Files.readString(home.resolve("logs/access.jsonl")))
        .contains("\"request_id\":\"" + text + "\"")
        .endsWith("}\n");
  }

  private static void explained(Why why) {
    assertThat(why.totalMillis()).isEqualTo(12.3);
    assertThat(why.parts().stream().mapToLong(p -> p.micros()).sum()).isEqualTo(12_300);
    assertThat(why.verdict()).startsWith("The app took 12 of 12 ms: web.1 worked on it alone");
    assertThat(why.lines()).extracting(l -> l.source().name()).containsOnly("EDGE", "APP");
    assertThat(why.parts().get(4).name()).isEqualTo("waiting for the app");
  }

  @Test
  void followersHearWhatWasAndWhatComes() throws Exception {
    try (Observe observe = start()) {
      observe.logs().log(app("web.1", "before"));
      until(() -> !observe.logLines(LogQuery.latest(5)).isEmpty());
      LinkedBlockingQueue<LogEntry> heard = new LinkedBlockingQueue<>();
      try (var following = observe.follow(LogQuery.latest(5), heard::add)) {
        assertThat(heard.take().message()).isEqualTo("before");
        observe.logs().log(app("web.2", "after"));
        ring.offer(Slots.ordinary(7, clock.now()));
        assertThat(List.of(heard.take().message(), heard.take().message()))
            .containsExactlyInAnyOrder(
                "after", "GET /articles/one?page=2 200 12.3 ms web.1 1.2 KiB");
        assertThat(following).isNotNull();
      }
      var exchanges = new LinkedBlockingQueue<>();
      try (var live = observe.live().subscribe(exchanges::add)) {
        ring.offer(Slots.ordinary(8, clock.now()));
        assertThat(exchanges.take()).isNotNull();
        assertThat(live).isNotNull();
      }
    }
  }

  private LogLine app(String replica, String message) {
    return new LogLine(clock.now(), LogLine.Source.APP, "articles", replica, null, message);
  }
}
