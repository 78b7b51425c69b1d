package dev.undercloud.observe.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.observe.Slots;
import dev.undercloud.observe.model.LogEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RingsTest {
  private static LogLine line(String message) {
    return new LogLine(Instant.EPOCH, LogLine.Source.APP, "a", "web.1", null, message);
  }

  @Test
  void linesBeyondTheRingAreCounted() {
    LogRing ring = new LogRing();
    for (int i = 0; i < LogRing.MOST_LINES + 5; i++) {
      ring.log(line("x"));
    }
    assertThat(ring.dropped()).isEqualTo(5);
    List<LogLine> out = new ArrayList<>();
    assertThat(ring.drain(out::add)).isEqualTo(LogRing.MOST_LINES);
    ring.log(line("after"));
    assertThat(ring.drain(out::add)).isEqualTo(1);
    assertThat(ring.taken()).isEqualTo(LogRing.MOST_LINES + 1);
  }

  @Test
  void charactersBeyondTheRingAreCounted() {
    LogRing ring = new LogRing();
    String long1 = "x".repeat(LogLine.LONGEST);
    int fit = LogRing.MOST_CHARS / LogLine.LONGEST;
    for (int i = 0; i < fit + 3; i++) {
      ring.log(line(long1));
    }
    assertThat(ring.dropped()).isEqualTo(3);
    assertThat(ring.drain(l -> {})).isEqualTo(fit);
    ring.log(line(long1));
    assertThat(ring.drain(l -> {})).isEqualTo(1);
  }

  @Test
  void manyWritersLoseNothingThatWasNotCounted() throws Exception {
    LogRing ring = new LogRing();
    int each = 20_000;
    List<Thread> writers = new ArrayList<>();
    for (int w = 0; w < 4; w++) {
      writers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  ring.log(line("line"));
                }
              }));
    }
    long[] seen = new long[1];
    while (writers.stream().anyMatch(Thread::isAlive)) {
      ring.drain(l -> seen[0]++);
    }
    ring.drain(l -> seen[0]++);
    assertThat(seen[0] + ring.dropped()).isEqualTo(4L * each);
  }

  @Test
  void theIndexHoldsWhatAMapHolds() {
    long seed = 42;
    SplittableRandom random = new SplittableRandom(seed);
    LongIndex index = new LongIndex(64);
    Map<Long, Integer> model = new HashMap<>();
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      // Few distinct keys, so that they collide and come again.
      long key = random.nextInt(200) + 1;
      if (order.size() >= 64) {
        long oldest = order.removeFirst();
        Integer value = model.remove(oldest);
        index.remove(oldest, value == null ? -5 : value);
      }
      if (!model.containsKey(key)) {
        order.add(key);
      }
      model.put(key, i);
      index.put(key, i);
      long asked = random.nextInt(200) + 1;
      assertThat(index.get(asked))
          .as("seed %d step %d", seed, i)
          .isEqualTo(model.getOrDefault(asked, LongIndex.NONE));
    }
  }

  @Test
  void memoryKeepsTheLatestAndForgetsTheRest() {
    RecentExchanges recent = new RecentExchanges(8);
    for (int id = 1; id <= 20; id++) {
      recent.add(Slots.ordinary(id, Instant.EPOCH.plusMillis(id)), id, null);
    }
    assertThat(recent.newest(s -> true, (seq, e) -> true, 100))
        .extracting(n -> n.exchange().id())
        .containsExactly(20L, 19L, 18L, 17L, 16L, 15L, 14L, 13L);
    assertThat(recent.find(12)).isEmpty();
    assertThat(recent.find(13)).isPresent();
    assertThat(recent.knows(12)).isFalse();
  }

  @Test
  void linesInMemoryAreBoundedAndGetTheirRequestLater() {
    RecentLines lines = new RecentLines();
    for (int i = 1; i <= RecentLines.MOST_LINES + 50; i++) {
      lines.add(LogEntry.of(i, line("n " + i)));
    }
    LogEntry newest = lines.newest(l -> true, 1).getFirst();
    lines.correlated(newest.with("00000000000000aa", LogEntry.Correlated.TIME));
    assertThat(lines.newest(l -> l.requestId() != null, 10)).hasSize(1);
    assertThat(lines.newest(l -> true, Integer.MAX_VALUE)).hasSize(RecentLines.MOST_LINES);
    LogEntry huge = LogEntry.of(99_999, line("x".repeat(LogLine.LONGEST)));
    for (int i = 0; i < 1_000; i++) {
      lines.add(huge);
    }
    assertThat(lines.newest(l -> true, Integer.MAX_VALUE))
        .hasSize(RecentLines.MOST_CHARS / LogLine.LONGEST);
  }

  @Test
  void aBudgetIsSpreadAndNeverGrowsBeyondASecond() {
    Budget budget = new Budget(100, 0);
    int taken = 0;
    for (int i = 0; i < 1_000; i++) {
      taken += budget.take() ? 1 : 0;
    }
    assertThat(taken).isEqualTo(100);
    budget.refill(500_000_000L);
    taken = 0;
    while (budget.take()) {
      taken++;
    }
    assertThat(taken).isEqualTo(50);
    budget.refill(60_000_000_000L);
    taken = 0;
    while (budget.take()) {
      taken++;
    }
    assertThat(taken).isEqualTo(100);
  }
}
