package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DotenvTest {

  static Arguments[] values() {
    return new Arguments[] {
      of("A=1", "A=1"),
      of("A = spaced  ", "A=spaced"),
      of("export A=1", "A=1"),
      of("  export\tA=1", "A=1"),
      of("export=1", "export=1"),
      of("A=", "A="),
      of("A=\nB=2", "A=|B=2"),
      of("# comment\n\n   # another\nA=1", "A=1"),
      of("A=one # two", "A=one"),
      of("A=one#two", "A=one#two"),
      of("A=#all", "A="),
      of("A='one # two' # three", "A=one # two"),
      of("A='$B ${B} \\n'", "A=$B ${B} \\n"),
      of("A='it\\'s'", "A=it's"),
      of("A=\"one\\ntwo\\t\\\"three\\\" \\\\ \\d\"", "A=one\ntwo\t\"three\" \\ \\d"),
      of("A=\"line one\nline two\"\nB=2", "A=line one\nline two|B=2"),
      of("A='line one\nline two'\nB=2", "A=line one\nline two|B=2"),
      of("A=\"\"", "A="),
      of("A=a=b==", "A=a=b=="),
      of("A=postgres://u:p@h/db?x=1", "A=postgres://u:p@h/db?x=1"),
      of("A=1\nB=${A}2\nC=\"${A}-${B}\"", "A=1|B=12|C=1-12"),
      of("B=${UNKNOWN}x", "B=${UNKNOWN}x"),
      of("B=${UNKNOWN:-other}", "B=other"),
      of("A=$(rm -rf /)", "A=$(rm -rf /)"),
      of("A=`id`", "A=`id`"),
      of("A=$dollar", "A=$dollar"),
      of("A=1\r\nB=2\r\n", "A=1|B=2"),
      of("A=1\nA=2", "A=2"),
      of("A=é ☃", "A=é ☃"),
      of("", ""),
    };
  }

  @ParameterizedTest
  @MethodSource("values")
  void reads(String text, Map<String, String> expected) {
    Errors errors = new Errors();
    Map<String, String> found = new LinkedHashMap<>();
    Dotenv.parse(".env", text, errors).forEach((name, value) -> found.put(name, value.value()));
    assertThat(errors.list()).isEmpty();
    assertThat(found).isEqualTo(expected);
  }

  static Arguments[] mistakes() {
    return new Arguments[] {
      Arguments.of("A=1\nnonsense", ".env:2: not NAME=value"),
      Arguments.of("export A", ".env:1: not NAME=value"),
      Arguments.of("=x", ".env:1: not NAME=value"),
      Arguments.of("A=1\n\nB=\"open\nC=2\n", ".env:3: B: the quote that begins here"),
      Arguments.of("A='one' two", ".env:1: A: text after the closing quote: two"),
      Arguments.of("A=\"x\ny\" z", ".env:2: A: text after the closing quote: z"),
      Arguments.of("1A=2", ".env:1: 1A: not a variable name"),
      Arguments.of("A=\0", ".env:1: A: an environment variable cannot hold NUL"),
    };
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void saysWhereAMistakeIs(String text, String expected) {
    Errors errors = new Errors();
    Dotenv.parse(".env", text, errors);
    assertThat(errors.list())
        .singleElement()
        .extracting(ConfigError::sentence)
        .asString()
        .startsWith(expected);
  }

  @Test
  void everyValueKnowsItsLine() {
    Map<String, Sourced<String>> found =
        Dotenv.parse(".env", "\nA=\"1\n2\"\n# c\nB=3\nbad\nC=4", new Errors());
    assertThat(found.get("A").line()).isEqualTo(2);
    assertThat(found.get("B").line()).isEqualTo(5);
    assertThat(found.get("C").line()).isEqualTo(7);
  }

  private static Arguments of(String text, String expected) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : expected.split("\\|")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return Arguments.of(text, values);
  }
}
