package dev.undercloud.observe.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.observe.FakeClock;
import dev.undercloud.observe.Slots;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real DuckDB, step by step on a clock that the test moves. */
@Timeout(60)
class StoreTest {
  @TempDir Path home;

  private final FakeClock clock = new FakeClock("2026-11-23T10:00:00Z");
  private final List<String> said = new ArrayList<>();
  private final List<Store> opened = new ArrayList<>();
  private long ids = 1;

  private Store store(ByteSize disk) {
    StoreLimits limits = new StoreLimits(disk, Duration.ofDays(3), new ByteSize(0));
    Store store = new Store(home.resolve("telemetry"), limits, clock, said::add);
    opened.add(store);
    return store;
  }

  private Store store() {
    return store(ByteSize.ofMiB(100));
  }

  @AfterEach
  void close() {
    opened.forEach(Store::close);
  }

  /** Offers one of each and lets the writer have its turn after its delay. */
  private Exchange write(Store store) {
    Exchange exchange = Slots.exchange(ids++, clock.now());
    store.offer(exchange);
    store.offer(line("line " + exchange.id()));
    settle(store);
    return exchange;
  }

  private void settle(Store store) {
    store.step();
    clock.pass(Store.START_DELAY);
    store.step();
  }

  private LogEntry line(String message) {
    return LogEntry.of(
        ids++, new LogLine(clock.now(), LogLine.Source.APP, "articles", "web.1", null, message));
  }

  private List<Exchange> all(Store store) {
    return store.ask(
        Instant.EPOCH,
        Integer.MAX_VALUE,
        (connection, catalog, into) -> {
          try (var s = connection.createStatement();
              var rows =
                  s.executeQuery(Reading.selectExchanges(catalog) + " ORDER BY epoch_us DESC")) {
            while (rows.next()) {
              into.add(Reading.exchange(rows));
            }
          }
        });
  }

  private List<String> files() throws IOException {
    try (Stream<Path> list = Files.list(home.resolve("telemetry"))) {
      return list.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void loadsNothingUntilTheAppHadItsTurn() throws IOException {
    Store store = store();
    store.offer(Slots.exchange(1, clock.now()));
    store.step();
    clock.pass(Store.START_DELAY.minusMillis(1));
    store.step();
    assertThat(home.resolve("telemetry")).doesNotExist();
    assertThat(store.state().status()).isEqualTo(StoreState.Status.IDLE);
    clock.pass(Duration.ofMillis(1));
    store.step();
    assertThat(files()).contains("2026-11-23.duckdb");
    assertThat(store.state().status()).isEqualTo(StoreState.Status.STORING);
  }

  @Test
  void givesBackWhatItWasGiven() {
    Store store = store();
    Exchange plain = Slots.exchange(-5, clock.now());
    ExchangeSlot odd = new ExchangeSlot();
    odd.clear();
    odd.id = Long.MIN_VALUE;
    odd.epochMicros = plain.epochMicros() - 1;
    odd.outcome = Outcome.ANSWERED_BY_EDGE;
    odd.error = "it's \"odd\"\n\u0000\u00e9";
    Slots.text(odd, "BREW", "/\u00ff%zz?token=geheim&a=b", "", "");
    Exchange rare = Exchange.of(odd);
    store.offer(plain);
    store.offer(rare);
    settle(store);
    assertThat(all(store)).containsExactly(plain, rare);
    assertThat(rare.query()).isEqualTo("token=REDACTED&a=b");
  }

  @Test
  void beginsANewFileAtMidnightAndDropsOldDaysWhole() throws IOException {
    Store store = store();
    for (int day = 0; day < 6; day++) {
      write(store);
      clock.pass(Duration.ofDays(1));
    }
    assertThat(files().stream().filter(f -> f.endsWith(".duckdb")))
        .containsExactly(
            "2026-11-25.duckdb", "2026-11-26.duckdb", "2026-11-27.duckdb", "2026-11-28.duckdb");
    assertThat(all(store))
        .extracting(Exchange::id)
        .hasSize(4)
        .isSortedAccordingTo((a, b) -> Long.compare(b, a));
  }

  @Test
  void goesOnInTheLatestFileWhenTheClockIsSetBack() throws IOException {
    Store store = store();
    write(store);
    clock.set("2026-11-20T09:00:00Z");
    write(store);
    store.close();
    Store later = store();
    write(later);
    assertThat(files().stream().filter(f -> f.endsWith(".duckdb")))
        .containsExactly("2026-11-23.duckdb");
    assertThat(all(later)).hasSize(3);
  }

  @Test
  void aClockThatJumpsAheadDropsNothing() throws IOException {
    Store store = store();
    write(store);
    clock.set("2031-01-01T00:00:00Z");
    write(store);
    assertThat(files()).contains("2026-11-23.duckdb", "2031-01-01.duckdb");
    assertThat(all(store)).hasSize(2);
  }

  @Test
  void keepsToItsDiskBudgetWithinOneDay() throws IOException {
    Store store = store(ByteSize.ofMiB(4));
    StringBuilder noise = new StringBuilder();
    var random = new java.util.SplittableRandom(7);
    long most = 0;
    for (int batch = 0; batch < 60; batch++) {
      for (int i = 0; i < 40; i++) {
        noise.setLength(0);
        while (noise.length() < 10_000) {
          noise.append(Long.toHexString(random.nextLong()));
        }
        store.offer(line(noise.toString()));
      }
      clock.pass(Duration.ofSeconds(11));
      settle(store);
      most = Math.max(most, size());
    }
    assertThat(store.state().lines()).isEqualTo(2_400);
    // 24 MB were written; a file and what DuckDB's log holds may be on top of the budget.
    assertThat(most).isBetween(1L << 20, 8L << 20);
    assertThat(files().stream().filter(f -> f.endsWith(".duckdb")).count()).isGreaterThan(1);
  }

  private long size() throws IOException {
    try (Stream<Path> list = Files.list(home.resolve("telemetry"))) {
      return list.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
    }
  }

  @Test
  void saysOnceThatTheFolderCannotBeWrittenAndTriesAgain() throws IOException {
    Path folder = home.resolve("telemetry");
    Files.writeString(folder, "a file where the folder should be");
    Store store = store();
    for (int i = 0; i < 5; i++) {
      write(store);
      clock.pass(Duration.ofMinutes(1));
    }
    assertThat(said)
        .singleElement()
        .asString()
        .contains("Telemetry is not stored")
        .contains("Requests go on");
    assertThat(store.state().status()).isEqualTo(StoreState.Status.FAILING);
    assertThat(store.state().droppedExchanges()).isPositive();
    long dropped = store.state().droppedExchanges();
    Files.delete(folder);
    clock.pass(Duration.ofMinutes(2));
    write(store);
    assertThat(said).last().asString().isEqualTo("Telemetry is stored again.");
    assertThat(store.state().status()).isEqualTo(StoreState.Status.STORING);
    assertThat(store.state().exchanges()).isEqualTo(6 - dropped);
  }

  @Test
  void countsWhatDoesNotFitWhileNothingCanBeWritten() throws IOException {
    Files.writeString(home.resolve("telemetry"), "in the way");
    Store store = store();
    write(store);
    for (int i = 0; i < Inbox.MOST_EXCHANGES + 10; i++) {
      store.offer(Slots.exchange(i, clock.now()));
    }
    assertThat(store.state().droppedExchanges()).isEqualTo(11);
  }

  @Test
  void setsADamagedFileAsideAndBeginsAnew() throws IOException {
    Store store = store();
    write(store);
    store.close();
    Path file = home.resolve("telemetry/2026-11-23.duckdb");
    byte[] whole = Files.readAllBytes(file);
    List<byte[]> damages = new ArrayList<>();
    damages.add("not a database at all".getBytes());
    damages.add(new byte[whole.length]);
    damages.add(java.util.Arrays.copyOf(whole, 5_000));
    byte[] flipped = whole.clone();
    for (int i = 4096; i < flipped.length; i += 101) {
      flipped[i] ^= 0x55;
    }
    damages.add(flipped);
    for (int i = 0; i < damages.size(); i++) {
      said.clear();
      Files.write(file, damages.get(i));
      Store again = store();
      Exchange fresh = write(again);
      assertThat(said).as("damage %d", i).hasSize(1).first().asString().contains("set aside");
      assertThat(all(again)).containsExactly(fresh);
      again.close();
      assertThat(home.resolve("telemetry/2026-11-23.duckdb.corrupt-" + (i + 1))).exists();
      Files.delete(file);
    }
  }

  @Test
  void setsAFileAsideWhoseDamageShowsLater() throws IOException {
    Store store = store();
    write(store);
    store.close();
    Path file = home.resolve("telemetry/2026-11-23.duckdb");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    Store again = store();
    write(again);
    assertThat(all(again)).as("the half that is left cannot be read").isEmpty();
    Exchange fresh = write(again);
    assertThat(said).singleElement().asString().contains("set aside");
    assertThat(all(again)).containsExactly(fresh);
  }

  @Test
  void setsADamagedLogAside() throws IOException {
    Store store = store();
    write(store);
    store.close();
    Files.write(
        home.resolve("telemetry/2026-11-23.duckdb.wal"),
        new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
    Store again = store();
    Exchange fresh = write(again);
    assertThat(all(again)).contains(fresh);
    assertThat(again.state().status()).isEqualTo(StoreState.Status.STORING);
  }

  @Test
  void answersFromTheFilesThatCanBeRead() throws IOException {
    Store store = store();
    Exchange first = write(store);
    clock.pass(Duration.ofDays(1));
    Exchange second = write(store);
    store.close();
    Files.writeString(home.resolve("telemetry/2026-11-22.duckdb"), "damaged");
    assertThat(all(store())).containsExactly(second, first);
  }
}
