package dev.undercloud.observe.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.observe.FakeClock;
import dev.undercloud.observe.Slots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AccessLogTest {
  @TempDir Path home;

  private final FakeClock clock = new FakeClock("2026-11-23T10:00:00Z");
  private final List<String> said = new ArrayList<>();

  private static String encode(ExchangeSlot slot) {
    AccessEncoder encoder = new AccessEncoder();
    encoder.write(slot);
    return new String(encoder.out().bytes, 0, encoder.out().length, StandardCharsets.UTF_8);
  }

  @Test
  void writesExactlyThis() throws IOException {
    ExchangeSlot refused = Slots.ordinary(2, Instant.parse("2026-11-23T10:00:01.5Z"));
    Slots.text(refused, "GET", "/a\"b\\\u00e9?access_token=abc&x=1", "", "");
    refused.app = null;
    refused.upstream = null;
    refused.status = 400;
    refused.outcome = Outcome.ANSWERED_BY_EDGE;
    refused.error = "bare \"LF\"";
    Slots.marks(refused, 0, 40, 90, -1, -1, -1, -1, -1, 130);
    String written =
        encode(Slots.ordinary(0xabcL, Instant.parse("2026-11-23T10:00:00.000042Z")))
            + encode(refused);
    Path golden = Path.of("src/test/resources/access.golden.jsonl");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.createDirectories(golden.getParent());
      Files.writeString(golden, written);
    }
    assertThat(written).isEqualTo(Files.readString(golden));
    for (String line : written.split("\n")) {
      assertThat(new ObjectMapper().readTree(line).path("http.request.method").asText())
          .isEqualTo("GET");
    }
  }

  @Test
  void anyBytesMakeValidJson() throws IOException {
    ExchangeSlot slot = Slots.ordinary(1, Instant.EPOCH);
    for (int i = 0; i < ExchangeSlot.TARGET_BYTES; i++) {
      slot.target[i] = (byte) i;
    }
    slot.targetLength = ExchangeSlot.TARGET_BYTES;
    slot.targetCut = true;
    slot.error = "\ud800 lone, \u20ac whole, \ud83d\ude00 pair";
    JsonNode line = new ObjectMapper().readTree(encode(slot));
    assertThat(line.path("url.path").asText()).hasSize(63).startsWith("\u0000\u0001");
    assertThat(line.path("url.cut").asBoolean()).isTrue();
    assertThat(line.path("error").asText()).contains("\u20ac whole, \ud83d\ude00 pair");
  }

  @Test
  void rotatesWithinItsBudget() throws IOException {
    Path path = home.resolve("logs/access.jsonl");
    AccessLog log = new AccessLog(path, new ByteSize(80_000), clock, said::add).start();
    for (int i = 0; i < 1_000; i++) {
      log.add(Slots.ordinary(i + 1, Instant.EPOCH));
      if (i % 10 == 9) {
        log.flush();
        while (log.written() + log.dropped() <= i) {
          Thread.onSpinWait();
        }
      }
    }
    log.close();
    assertThat(log.written()).isEqualTo(1_000);
    try (Stream<Path> files = Files.list(path.getParent())) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(8);
      assertThat(all.stream().mapToLong(f -> f.toFile().length()).sum())
          .isBetween(50_000L, 80_000L);
    }
    List<String> last = Files.readAllLines(path);
    assertThat(last.getLast()).contains("\"request_id\":\"00000000000003e8\"");
  }

  @Test
  void saysOnceThatItCannotBeWrittenAndGoesOnLater() throws IOException {
    Path folder = home.resolve("logs");
    Files.writeString(folder, "in the way");
    Path path = folder.resolve("access.jsonl");
    AccessLog log = new AccessLog(path, ByteSize.ofMiB(1), clock, said::add).start();
    for (int i = 1; i <= 3; i++) {
      line(log, i);
      clock.pass(Duration.ofSeconds(6));
    }
    assertThat(said).singleElement().asString().contains("cannot be written");
    assertThat(log.dropped()).isEqualTo(3);
    Files.delete(folder);
    line(log, 4);
    log.close();
    assertThat(said).last().isEqualTo("The access log is written again.");
    assertThat(Files.readAllLines(path)).hasSize(1);
  }

  private static void line(AccessLog log, int number) {
    log.add(Slots.ordinary(number, Instant.EPOCH));
    log.flush();
    while (log.written() + log.dropped() < number) {
      Thread.onSpinWait();
    }
  }
}
