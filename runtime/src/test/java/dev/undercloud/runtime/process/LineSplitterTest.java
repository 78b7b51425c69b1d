package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.LogLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private boolean wanted = true;
  private final LineSplitter splitter = new LineSplitter(() -> wanted, lines::add);

  private void feed(String text) {
    feed(text.getBytes(StandardCharsets.UTF_8));
  }

  private void feed(byte[] bytes) {
    splitter.feed(bytes, 0, bytes.length);
  }

  @Test
  void lines_end_with_any_line_end_and_may_come_byte_by_byte() {
    for (byte b : "ä\r\n\nb\rc\n".getBytes(StandardCharsets.UTF_8)) {
      feed(new byte[] {b});
    }
    assertThat(lines).containsExactly("ä", "", "b\rc");
    assertThat(splitter.pending()).isZero();
  }

  @Test
  void a_line_without_end_waits_until_nobody_writes() {
    feed("one\ntw");
    assertThat(lines).containsExactly("one");
    assertThat(splitter.pending()).isEqualTo(2);
    feed("o");
    splitter.flush();
    splitter.flush();
    assertThat(lines).containsExactly("one", "two");
  }

  @Test
  void what_is_no_utf8_is_replaced_and_nul_dropped() {
    feed(new byte[] {'a', (byte) 0xff, 0, 'b', '\n'});
    assertThat(lines).containsExactly("a\ufffdb");
  }

  @Test
  void a_line_of_the_longest_kind_is_whole_and_a_longer_one_is_cut_and_says_so() {
    String longest = "ü".repeat(LogLine.LONGEST);
    feed(longest + "\n");
    feed(longest + "x\n");
    feed("z".repeat(1_000_000) + "\n");
    feed("after\n");
    assertThat(lines.get(0)).isEqualTo(longest);
    assertThat(lines.get(1)).hasSize(LogLine.LONGEST).endsWith("… [cut, 32769 bytes]");
    assertThat(lines.get(2)).hasSize(LogLine.LONGEST).endsWith("… [cut, 1000000 bytes]");
    assertThat(lines.get(3)).isEqualTo("after");
  }

  @Test
  void an_endless_line_is_not_pending() {
    feed("z".repeat(1_000_000));
    assertThat(splitter.pending()).isZero();
  }

  @Test
  void the_rest_of_a_line_whose_middle_was_dropped_is_not_a_line() {
    feed("begin");
    splitter.skipToNextLine();
    feed("end\nnext\n");
    assertThat(lines).containsExactly("next");
  }

  @Test
  void what_is_not_wanted_is_not_made() {
    wanted = false;
    feed("a\nb");
    wanted = true;
    feed("c\n");
    assertThat(lines).containsExactly("bc");
  }
}
