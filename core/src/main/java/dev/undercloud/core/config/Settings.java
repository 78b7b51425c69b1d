package dev.undercloud.core.config;

import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.unit.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Collects every value in force, as {@code config explain} shows them. */
final class Settings {
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          ".*(KEY|SECRET|TOKEN|PASS|PWD|CREDENTIAL|AUTH|PRIVATE|SALT|DSN|COOKIE|SIGNATURE).*|.*(DATABASE|REDIS|MONGO|AMQP|BROKER|CONNECTION)\\w*");
  private static final Pattern USER_INFO = Pattern.compile(".*://[^/\\s]*@.*", Pattern.DOTALL);

  private static final Pattern INDEX = Pattern.compile("\\[(\\d{1,5})(?=\\])");

  private final List<Setting> rows = new ArrayList<>();

  void add(String key, Sourced<?> value) {
    rows.add(value.setting(key, shown(value.value())));
  }

  void add(String key, Sourced<?> origin, Object shown) {
    rows.add(origin.setting(key, shown(shown)));
  }

  /** Variables: what comes from {@code .env} or looks like a secret is shown as its length. */
  void environment(String prefix, Map<String, Sourced<String>> variables) {
    variables.forEach((name, value) -> {
      boolean hidden = ".env".equals(value.file()) || value.reason().equals(Sourced.COMMAND_LINE);
      rows.add(
          value.setting(
              prefix + name,
              hidden || secret(name, value.value()) ? hidden(value.value()) : value.value()));
    });
  }

  static String hidden(String value) {
    int length = value.codePointCount(0, value.length());
    return length == 1 ? "(1 character)" : "(" + length + " characters)";
  }

  static boolean secret(String name, String value) {
    return SECRET_NAME.matcher(name.toUpperCase(Locale.ROOT)).matches()
        || USER_INFO.matcher(value).matches();
  }

  List<Setting> sorted() {
    List<Setting> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(setting -> ordered(setting.key())));
    return sorted;
  }

  /** {@code routes[10]} behind {@code routes[9]}. */
  private static String ordered(String key) {
    return INDEX
        .matcher(key)
        .replaceAll(m -> "[" + "0".repeat(6 - m.group(1).length()) + m.group(1));
  }

  private static String shown(Object value) {
    return switch (value) {
      case Duration duration -> Durations.format(duration);
      case List<?> list -> String.join(", ", list.stream().map(String::valueOf).toList());
      case RateLimit rate -> rate.text();
      case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
      default -> value.toString();
    };
  }
}
