package dev.undercloud.observe.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.time.Clock;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.ObserveConfig;
import dev.undercloud.observe.Slots;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PrometheusTest {
  @TempDir Path home;

  private static ExpositionParser parse(MetricSource source) {
    Prometheus out = new Prometheus();
    source.collect(out);
    return new ExpositionParser(out.text());
  }

  @Test
  void countsByAppMethodAndClass() {
    RequestMetrics metrics = new RequestMetrics();
    for (int i = 0; i < 20; i++) {
      metrics.record(Slots.ordinary(i + 1, Instant.EPOCH));
    }
    ExchangeSlot odd = Slots.ordinary(99, Instant.EPOCH);
    Slots.text(odd, "BREW", "/", "", "");
    odd.status = 503;
    odd.attempts = 3;
    odd.outcome = Outcome.ANSWERED_BY_EDGE;
    odd.app = "a\"b\\c\nd";
    metrics.record(odd);
    ExpositionParser parsed = parse(metrics);
    String family = "http_server_request_duration_seconds";
    assertThat(parsed.types).containsEntry(family, "histogram");
    assertThat(parsed.helps.keySet()).isEqualTo(parsed.types.keySet());
    String[] get = {
      "app", "articles", "http_request_method", "GET", "http_response_status_class", "2xx"
    };
    assertThat(parsed.value(family + "_count", get)).isEqualTo(20);
    assertThat(parsed.value(family + "_sum", get)).isBetween(0.2459, 0.2461);
    assertThat(bucket(parsed, family, "0.01")).isZero();
    assertThat(bucket(parsed, family, "0.025")).isEqualTo(20);
    assertThat(bucket(parsed, family, "+Inf")).isEqualTo(20);
    assertThat(
            parsed.value(family + "_count", "app", "a\"b\\c\nd", "http_request_method", "_OTHER"))
        .isEqualTo(1);
    assertThat(parsed.value("undercloud_upstream_retries_total")).isEqualTo(2);
    assertThat(parsed.value("http_server_response_body_size_bytes_total", "app", "articles"))
        .isEqualTo(20 * 1234);
  }

  private static double bucket(ExpositionParser parsed, String family, String le) {
    return parsed.value(family + "_bucket", "app", "articles", "le", le);
  }

  @Test
  void seriesAreBounded() {
    RequestMetrics metrics = new RequestMetrics();
    for (int i = 0; i < 2_000; i++) {
      ExchangeSlot slot = Slots.ordinary(i + 1, Instant.EPOCH);
      slot.app = "app" + i;
      slot.upstream = Slots.upstream("web." + i);
      metrics.record(slot);
    }
    ExpositionParser parsed = parse(metrics);
    assertThat(parsed.samples.size()).isLessThan(4_000);
    assertThat(parsed.value("http_server_request_duration_seconds_count")).isEqualTo(2_000);
    assertThat(parsed.value("undercloud_replica_requests_total")).isEqualTo(2_000);
  }

  @Test
  void theWholeScrapeIsWellFormed() throws Exception {
    ExchangeRing ring = new ExchangeRing(16);
    try (Observe observe =
        Observe.start(
            ObserveConfig.in(home), () -> List.of(ring), List::of, Clock.system(), line -> {})) {
      observe.register(
          out -> out.counter("some_restarts_total", "Of \\ something\nelse.").sample(3));
      for (int i = 0; i < 40; i++) {
        ring.offer(Slots.ordinary(i + 1, Clock.system().now()));
      }
      while (observe.state().exchanges() < 16) {
        Thread.sleep(5);
      }
      ExpositionParser parsed = new ExpositionParser(observe.metrics());
      assertThat(parsed.helps.keySet()).isEqualTo(parsed.types.keySet());
      assertThat(parsed.value("some_restarts_total")).isEqualTo(3);
      assertThat(parsed.value("process_resident_memory_bytes")).isGreaterThan(1 << 20);
      assertThat(parsed.value("process_open_fds")).isPositive();
      // What did not fit into the small ring is counted, not lost without a trace.
      double counted = parsed.value("http_server_request_duration_seconds_count");
      double dropped = parsed.value("undercloud_telemetry_exchanges_total", "result", "dropped");
      assertThat(dropped).isPositive();
      assertThat(counted + dropped).isEqualTo(40);
    }
  }
}
