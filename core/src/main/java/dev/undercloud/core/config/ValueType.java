package dev.undercloud.core.config;

import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.core.unit.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** The types that values of a config file have: each reads a TOML value or says what is wrong. */
@FunctionalInterface
interface ValueType {
  Pattern APP_NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  /** RFC 1123, without the trailing dot, in lower case. */
  Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  /** Nothing is nothing in every unit. */
  Pattern NO_UNIT = Pattern.compile("(?!0+$)[\\d.]+");

  /**
   * The value as the program keeps it.
   *
   * @throws IllegalArgumentException whose message says what is wrong and what would be right
   */
  Object read(Object toml);

  /** Text that must match a pattern. */
  static ValueType text(Pattern pattern, String right) {
    return toml -> {
      String text = string(toml, right);
      if (!pattern.matcher(text).matches()) {
        throw new IllegalArgumentException(shown(toml) + " is not " + right);
      }
      return text;
    };
  }

  /** One of the words that this build knows. */
  static ValueType oneOf(List<String> words, String reasonElse) {
    return toml -> {
      String text = string(toml, "one of " + quoted(words));
      if (!words.contains(text)) {
        throw new IllegalArgumentException(
            shown(toml) + " is not one of " + quoted(words) + reasonElse);
      }
      return text;
    };
  }

  static ValueType integer(int least, int most) {
    return toml -> {
      String right = "a whole number from " + least + " to " + most;
      if (!(toml instanceof Long number)) {
        throw new IllegalArgumentException(shown(toml) + " is not " + right);
      }
      if (number < least || number > most) {
        throw new IllegalArgumentException(number + " is not " + right);
      }
      return (int) (long) number;
    };
  }

  static ValueType number(double least, double most) {
    return toml -> {
      String right = String.format(Locale.ROOT, "a number from %s to %s", least, most);
      double value =
          switch (toml) {
            case Long whole -> whole;
            case Double real -> real;
            default -> throw new IllegalArgumentException(shown(toml) + " is not " + right);
          };
      if (!(value >= least && value <= most)) {
        throw new IllegalArgumentException(shown(toml) + " is not " + right);
      }
      return value;
    };
  }

  static ValueType duration(Duration most) {
    return toml -> {
      Duration value = Durations.parse(string(toml, "a duration in quotes, like \"5s\" or \"2m\""));
      if (value.isZero() || value.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            shown(toml) + " is not between nothing and " + Durations.format(most));
      }
      return value;
    };
  }

  static ValueType size(ByteSize least) {
    return toml -> {
      String text = string(toml, "a size in quotes, like \"512MB\"").strip();
      if (NO_UNIT.matcher(text).matches()) {
        throw new IllegalArgumentException(
            shown(toml) + " has no unit; write \"" + text + "MB\", or \"" + text + "B\" for bytes");
      }
      ByteSize value = ByteSize.parse(text);
      if (value.compareTo(least) < 0) {
        throw new IllegalArgumentException(shown(toml) + " is less than " + least);
      }
      return value;
    };
  }

  /** Host names, one or a list of them, in lower case; {@code *.} stands for any one label. */
  static ValueType hosts() {
    return list(
        "a list of host names",
        text -> {
          String host = text.toLowerCase(Locale.ROOT);
          String plain = host.startsWith("*.") ? host.substring(2) : host;
          if (!HOST.matcher(plain).matches() || host.length() > plain.length() && !dotted(plain)) {
            throw new IllegalArgumentException(
                shown(text)
                    + " is not a host name; write it without scheme or port, a wildcard as"
                    + " \"*.example.org\"");
          }
          return host;
        });
  }

  private static boolean dotted(String host) {
    return host.indexOf('.') > 0 || host.equals("localhost");
  }

  /** One text or a list of them, each read by {@code one}. */
  static ValueType list(String right, UnaryOperator<String> one) {
    return toml -> {
      List<String> read = new ArrayList<>();
      List<Object> given = toml instanceof TomlArray array ? array.toList() : List.of(toml);
      for (Object each : given) {
        read.add(one.apply(string(each, right)));
      }
      return List.copyOf(read);
    };
  }

  static ValueType flag() {
    return toml -> {
      if (toml instanceof Boolean flag) {
        return flag;
      }
      throw new IllegalArgumentException(shown(toml) + " is not true or false");
    };
  }

  /** A command line. */
  static ValueType command() {
    return toml -> {
      String text = string(toml, "a command in quotes").strip();
      if (text.isEmpty()) {
        throw new IllegalArgumentException("an empty command; write one or remove the line");
      }
      return text;
    };
  }

  /** The value of an environment variable: numbers and booleans are taken as they are written. */
  static ValueType environment() {
    return toml ->
        switch (toml) {
          case String text when text.indexOf('\0') >= 0 ->
              throw new IllegalArgumentException("an environment variable cannot hold NUL");
          case String text -> text;
          case Long number -> number.toString();
          case Double number -> number.toString();
          case Boolean flag -> flag.toString();
          default ->
              throw new IllegalArgumentException(shown(toml) + " is not text; put it in quotes");
        };
  }

  static String string(Object toml, String right) {
    if (toml instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(shown(toml) + " is not " + right);
  }

  private static String quoted(List<String> words) {
    return "\"" + String.join("\", \"", words) + "\"";
  }

  /** A value as it stands in the file, shortened. */
  static String shown(Object toml) {
    return switch (toml) {
      case String text ->
          "\""
              + (text.length() > 60 ? text.substring(0, 60) + "…" : text).replace("\n", "\\n")
              + "\"";
      case TomlArray _ -> "a list";
      case TomlTable _ -> "a table";
      default -> toml.toString();
    };
  }
}
