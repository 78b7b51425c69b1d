package dev.undercloud.observe.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.observe.FakeClock;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.Offline;
import dev.undercloud.observe.query.RequestQuery;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A second process: the files belong to one at a time, and survive its kill -9. */
@Timeout(60)
class CrashTest {
  private static final RequestQuery ALL =
      new RequestQuery(null, null, Instant.EPOCH, false, false, null, 1_000);

  @TempDir Path home;
  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock("2026-11-23T10:00:00Z");

  @Test
  void filesAreOneProcesssAndOutliveItsKill() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // Its copy of the native library goes where the test cleans up.
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                home.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      var out =
          new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8));
      assertThat(out.readLine()).isEqualTo("500");
      try (Offline offline = Observe.openReadOnly(home, clock)) {
        assertThatThrownBy(() -> offline.requests(ALL))
            .isInstanceOf(CloudException.class)
            .hasMessageContaining("another process has the telemetry open");
      }
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(home.resolve("2026-11-23.duckdb.wal")).isNotEmptyFile();
    try (Offline offline = Observe.openReadOnly(home, clock)) {
      assertThat(offline.requests(ALL)).hasSize(500);
      assertThat(offline.why("0000000000000007")).isPresent();
    }
  }
}
