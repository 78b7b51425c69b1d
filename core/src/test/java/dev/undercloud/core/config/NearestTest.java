package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> KNOWN =
      List.of("name", "isolation", "env", "processes", "web", "replicas", "timeouts");

  @ParameterizedTest
  @CsvSource({
    "nmae, name",
    "Name, name",
    "isolatoin, isolation",
    "replica, replicas",
    "timeout, timeouts",
    "proceses, processes",
    "wbe, web",
    "evn, env",
    "time, timeouts"
  })
  void suggests(String typed, String meant) {
    assertThat(Nearest.of(typed, KNOWN)).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({"colour", "x", "database", "cache"})
  void suggestsNothingFar(String typed) {
    assertThat(Nearest.of(typed, KNOWN)).isNull();
  }

  @Test
  void countsASwapAsOne() {
    assertThat(Nearest.distance("nmae", "name")).isEqualTo(1);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
  }
}
