package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "gunicorn app:app -w 3            | gunicorn,app:app,-w,3",
        "a  'b c'  \"d e\"                | a,b c,d e",
        "a b'c'\"d\"e                     | a,bcde",
        "a '' \"\"                        | a,,",
        "a b\\ c                          | a,b c",
        "a \"x\\\"y\\\\z\\d\"             | a,x\"y\\z\\d",
        "a $PORT ${SOCKET} \"$OTHER x\"   | a,$PORT,${SOCKET},$OTHER x",
        "a --bind=unix:$SOCKET            | a,--bind=unix:$SOCKET",
        "a # comment                      | a",
        "a b#c                            | a,b#c",
        "exec a b                         | a,b",
        "a --patterns=*.py                | a,--patterns=*.py",
        "gunicorn 'app:create_app(\"x\")' | gunicorn,app:create_app(\"x\")",
      })
  void splits(String text, String words) {
    CommandLine.Parsed parsed = CommandLine.parse(text, name -> !name.equals("MANY"));
    assertThat(parsed.shell()).isNull();
    assertThat(parsed.words()).isEqualTo(List.of(words.split(",", -1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      value = {
        "a | b → a pipe",
        "a && b → has &",
        "a ; b → several commands",
        "a > log 2>&1 → redirection",
        "(a) → subshell",
        "a `b` → subshell",
        "a \"`b`\" → subshell",
        "a $(b) → expansion",
        "a ${B:-c} → expansion",
        "a \"${B:-c}\" → expansion",
        "a $1 → expansion",
        "a *.py → file pattern",
        "a ~/b → home folder",
        "a '$PORT' → single quotes",
        "a \\$PORT → no variable",
        "a $MANY → unquoted",
        "cd web → word of the shell",
        "A=$B c → from another",
      })
  void knowsWhatNeedsAShell(String text, String why) {
    assertThat(CommandLine.parse(text, name -> !name.equals("MANY")).shell()).contains(why);
  }

  @Test
  void takesVariablesBeforeTheProgram() {
    CommandLine.Parsed parsed = CommandLine.parse("A=1 B='x y' exec prog A=2", _ -> true);
    assertThat(parsed.environment()).containsEntry("A", "1").containsEntry("B", "x y").hasSize(2);
    assertThat(parsed.words()).containsExactly("prog", "A=2");
  }

  @Test
  void refusesWhatIsNoCommand() {
    assertThatThrownBy(() -> CommandLine.parse("a 'b", _ -> true)).hasMessageContaining("quote '");
    assertThatThrownBy(() -> CommandLine.parse("a \"b", _ -> true))
        .hasMessageContaining("quote \"");
    assertThatThrownBy(() -> CommandLine.parse("A=1", _ -> true))
        .hasMessageContaining("no command");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a 'b c' d",
        "a \"$PORT x\"",
        "a --bind unix:$SOCKET",
        "a 'it'\\''s'",
        "a ''",
        "a 'p;q'",
      })
  void joinsWhatItWouldSplit(String text) {
    List<String> words = CommandLine.parse(text, _ -> true).words();
    assertThat(CommandLine.parse(CommandLine.join(words), _ -> true).words()).isEqualTo(words);
  }
}
