package dev.undercloud.edge.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How budgets are spent and filled, and that the documentation says the same. */
class BudgetsTest {
  private static final long SECOND = 1_000_000_000;

  private long now = 5 * SECOND;
  private final Budgets budgets = new Budgets(() -> now);

  private int spendAll(Budget budget) {
    for (int n = 0; ; n++) {
      try {
        budgets.spend(budget);
      } catch (Http2Exception over) {
        assertThat(over.error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
        return n;
      }
    }
  }

  @Test
  void eachKindHasItsOwn() {
    for (Budget budget : Budget.values()) {
      assertThat(spendAll(budget)).isEqualTo(budget.atOnce());
    }
  }

  @Test
  void secondsFillThemAgainToTheBrim() {
    spendAll(Budget.RESETS);
    now += SECOND / 2;
    assertThat(spendAll(Budget.RESETS)).isZero();
    now += SECOND / 2;
    assertThat(spendAll(Budget.RESETS)).isEqualTo(20);
    now += 1_000_000 * SECOND;
    assertThat(spendAll(Budget.RESETS)).isEqualTo(200);
  }

  @Test
  void dataSentEarnUpdatesOfWindows() {
    int most = spendAll(Budget.WINDOW_UPDATES);
    budgets.earnUpdates(1 << 20);
    assertThat(spendAll(Budget.WINDOW_UPDATES)).isEqualTo(most);
    budgets.earnUpdates(100);
    assertThat(spendAll(Budget.WINDOW_UPDATES)).isEqualTo(1);
    assertThatThrownBy(() -> budgets.spend(Budget.WINDOW_UPDATES))
        .hasMessageContaining("WINDOW_UPDATE");
  }

  @Test
  void theDocumentationSaysTheSame() throws IOException {
    List<String> rows =
        Files.readString(Path.of("../docs/edge.md"))
            .lines()
            .dropWhile(line -> !line.equals("## HTTP/2"))
            .dropWhile(line -> !line.startsWith("| what a client does |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    List<String> said =
        rows.stream().map(row -> row.split("\\|")).map(row -> row[2] + row[3]).toList();
    assertThat(said)
        .containsExactly(
            java.util.Arrays.stream(Budget.values())
                .map(budget -> " %d  %d ".formatted(budget.atOnce, budget.perSecond))
                .toArray(String[]::new));
  }
}
