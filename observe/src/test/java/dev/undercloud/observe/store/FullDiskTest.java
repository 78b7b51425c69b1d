package dev.undercloud.observe.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.observe.FakeClock;
import dev.undercloud.observe.model.LogEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small tmpfs, which only root can mount. */
@Timeout(60)
class FullDiskTest {
  @TempDir Path home;

  private final FakeClock clock = new FakeClock("2026-11-23T10:00:00Z");
  private final SplittableRandom random = new SplittableRandom(3);
  private final List<String> said = new ArrayList<>();
  private Path disk;
  private long seq;

  private void mount(String size) throws Exception {
    disk = Files.createDirectory(home.resolve("disk"));
    int code =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .start()
            .waitFor();
    assumeTrue(code == 0, "mounting a tmpfs needs root");
  }

  @AfterEach
  void unmount() throws Exception {
    new ProcessBuilder("umount", disk.toString()).start().waitFor();
  }

  private Store store(ByteSize minFree) {
    StoreLimits limits = new StoreLimits(ByteSize.ofMiB(50), Duration.ofDays(3), minFree);
    return new Store(disk.resolve("telemetry"), limits, clock, said::add);
  }

  private void write(Store store, int lines) {
    for (int i = 0; i < lines; i++) {
      StringBuilder noise = new StringBuilder();
      while (noise.length() < 8_000) {
        noise.append(Long.toHexString(random.nextLong()));
      }
      store.offer(
          LogEntry.of(
              ++seq,
              new LogLine(
                  clock.now(), LogLine.Source.APP, "articles", "web.1", null, noise.toString())));
    }
    store.step();
    clock.pass(Duration.ofMinutes(2));
    store.step();
  }

  @Test
  void aFullDiskCostsTelemetryAloneAndEndsWhenThereIsRoom() throws Exception {
    mount("2m");
    Path others = disk.resolve("others");
    Files.write(others, new byte[1 << 20]);
    try (Store store = store(new ByteSize(0))) {
      for (int i = 0; i < 12; i++) {
        write(store, 20);
      }
      assertThat(store.state().status()).isEqualTo(StoreState.Status.FAILING);
      assertThat(store.state().why()).contains("the disk is full");
      assertThat(store.state().droppedLines()).isPositive();
      assertThat(said).hasSize(1);
      Files.delete(others);
      long stored = store.state().lines();
      write(store, 3);
      assertThat(store.state().status()).isEqualTo(StoreState.Status.STORING);
      assertThat(store.state().lines()).isGreaterThan(stored);
      assertThat(said).last().asString().isEqualTo("Telemetry is stored again.");
    }
  }

  @Test
  void leavesSpaceToOthers() throws Exception {
    mount("20m");
    try (Store store = store(ByteSize.ofMiB(18))) {
      for (int i = 0; i < 24; i++) {
        write(store, 20);
      }
      assertThat(store.state().why()).contains("the disk is full", "18 MiB are left to others");
      assertThat(store.state().lines()).isPositive();
      // Merging its own log while closing may take a little of it.
      assertThat(Files.getFileStore(disk).getUsableSpace()).isGreaterThan(12 << 20);
    }
  }
}
