package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailTest {
  @TempDir Path folder;
  private Path file;
  private final List<String> lines = new ArrayList<>();
  private final StoppedClock clock = new StoppedClock();

  /** Time moves when the test says so. */
  private static final class StoppedClock implements Clock {
    private long nanos;

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleep(Duration duration) {
      nanos += duration.toNanos();
    }
  }

  @BeforeEach
  void create() throws IOException {
    file = Files.createFile(folder.resolve("output"));
  }

  private Tail open() throws IOException {
    return Tail.open(file, folder.resolve("offset"), clock, lines::add);
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  private static void pump(Tail tail) {
    byte[] buffer = new byte[Tail.READ_AT_ONCE];
    while (tail.pump(buffer)) {
      continue;
    }
  }

  @Test
  void a_later_reader_goes_on_where_the_first_stopped() throws IOException {
    write("one\ntwo\nthr");
    Tail first = open();
    pump(first);
    first.leave();
    write("ee\nfour\n");
    Tail second = open();
    pump(second);
    assertThat(lines).containsExactly("one", "two", "three", "four");
  }

  @Test
  void a_reader_that_was_killed_loses_nothing() throws IOException {
    write("one\ntw");
    pump(open());
    write("o\n");
    pump(open());
    assertThat(lines).containsExactly("one", "two");
  }

  @Test
  void the_end_gives_out_the_last_line_without_its_end() throws IOException {
    write("bye");
    Tail tail = open();
    pump(tail);
    assertThat(lines).isEmpty();
    tail.end();
    pump(tail);
    assertThat(lines).containsExactly("bye");
    assertThat(tail.drained).isDone();
  }

  @Test
  void an_app_that_truncates_its_own_output_is_read_on() throws IOException {
    write("before\n");
    Tail tail = open();
    pump(tail);
    Files.writeString(file, "new\n");
    pump(tail);
    assertThat(lines).containsExactly("before", "new");
  }

  @Test
  void a_flood_of_lines_is_dropped_with_a_count_and_ends() throws IOException {
    write("x\n".repeat(100_000));
    Tail tail = open();
    pump(tail);
    assertThat(lines).hasSize(2 * Tail.MOST_LINES_A_SECOND);
    clock.sleep(Duration.ofSeconds(2));
    write("after\n");
    pump(tail);
    assertThat(lines).contains("after").anyMatch(line -> line.contains("dropped 90000 lines"));
  }

  @Test
  void a_flood_of_bytes_is_skipped_and_given_back_to_the_disk() throws Exception {
    String line = "y".repeat(1023) + "\n";
    Tail tail = open();
    for (int i = 0; i < 12; i++) {
      write(line.repeat(8 * 1024));
      pump(tail);
    }
    assertThat(Files.size(file)).isEqualTo(96L << 20);
    clock.sleep(Duration.ofSeconds(2));
    write("the end\n");
    tail.end();
    pump(tail);
    assertThat(lines).anyMatch(said -> said.contains(" of output: at most")).contains("the end");
    assertThat(lines.size()).isLessThan(90_000);
    assertThat(blocks()).isLessThan(1 << 20);
  }

  /** Bytes that the file takes on disk. */
  private long blocks() throws Exception {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    String text = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(stat.waitFor()).isZero();
    return Long.parseLong(text.strip()) * 512;
  }
}
