package dev.undercloud.core.config;

import dev.undercloud.core.policy.Destination;
import dev.undercloud.core.policy.PasswordHash;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.unit.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The types that values of routes have, beside those that every table uses. */
final class RuleTypes {
  /** A token (RFC 9110, 5.6.2) without the underscore, which the edge drops from requests. */
  static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^`|~-]{1,128}");

  /** A user's name for Basic authentication (RFC 7617): no colon, no control. */
  static final Pattern USER = Pattern.compile("[^:\\p{Cntrl}]{1,128}");

  private static final Pattern FIELD_VALUE = Pattern.compile("[ -~\\x{80}-\\x{ff}\\t]{0,2000}");
  private static final Pattern ORIGIN =
      Pattern.compile(
          "[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?|\\*|null");
  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z_-]{0,23}");
  private static final Pattern RATE =
      Pattern.compile(
          "(\\d{1,9})\\s*/\\s*(\\d+\\s*)?(s|sec|second|m|min|minute|h|hour|d|day)s?"
              + "(?:\\s+by\\s+(address|route|header\\s+(\\S+)))?(?:\\s+burst\\s+(\\d{1,9}))?");

  private static final String RATE_RIGHT =
      " is not a rate; write it like \"100/min by address\", \"10/s by header X-Api-Key\" or"
          + " \"1000/h by route burst 50\"";

  /** One request in ten microseconds: beyond that a limit is no limit, and its clock too coarse. */
  private static final long SHORTEST_INTERVAL_NANOS = 10_000;

  /** A longer wait between two requests of a client is a ban, not a rate. */
  private static final Duration LONGEST_PERIOD = Duration.ofDays(30);

  private RuleTypes() {}

  /** Begins with a slash; one {@code *} at its end. */
  static ValueType pathPattern() {
    return ValueType.text(
        Pattern.compile("/(?:(?![*?#])[!-~])*\\*?"),
        "a path that begins with a slash, with at most one * at its end");
  }

  /** A path with at most one {@code *}, anywhere. */
  static ValueType target() {
    return ValueType.text(
        Pattern.compile("/(?:(?![*#])[!-~])*\\*?(?:(?![*#])[!-~])*"),
        "a path that begins with a slash, with at most one *");
  }

  /** A path, or a URL. */
  static ValueType location() {
    return ValueType.text(
        Pattern.compile("(?:https?://|/)(?:(?![*#])[!-~])*\\*?(?:(?!\\*)[!-~])*"),
        "a path or an http(s) URL, with at most one *");
  }

  static ValueType methods() {
    return ValueType.list(
        "a list of methods", text -> matching(text, METHOD, "a method, in capital letters"));
  }

  static ValueType fieldNames() {
    return ValueType.list(
        "a list of header names", text -> matching(text, FIELD_NAME, "a header name"));
  }

  static ValueType fieldValue() {
    return ValueType.text(FIELD_VALUE, "a header value: one line, at most 2000 characters");
  }

  static ValueType addresses() {
    return ValueType.list(
        "a list of addresses",
        text -> {
          Cidr.parse(text);
          return text;
        });
  }

  static ValueType origins() {
    return ValueType.list(
        "a list of origins",
        text ->
            matching(
                text.toLowerCase(Locale.ROOT),
                ORIGIN,
                "an origin: scheme, host and perhaps a port, like \"https://example.org\""));
  }

  static ValueType texts(String right) {
    return ValueType.list(right, text -> matching(text, Pattern.compile("[!-~]{1,256}"), right));
  }

  static ValueType passwordHash() {
    return toml -> {
      String text = ValueType.string(toml, "a password hash in quotes");
      PasswordHash.parse(text);
      return text;
    };
  }

  /** Where a server listens that is no app of ours. */
  static ValueType destination() {
    return toml ->
        Destination.At.parse(
            ValueType.string(toml, "an address in quotes, like \"http://127.0.0.1:9001\""));
  }

  static ValueType anySize() {
    return ValueType.size(new ByteSize(0));
  }

  /** How long a response is fresh, or true for what it says itself. */
  static ValueType freshness(ValueType duration) {
    return toml -> {
      if (toml instanceof Boolean flag) {
        return flag;
      }
      return duration.read(toml);
    };
  }

  /** {@code 5/min by address burst 10}. */
  static ValueType rate() {
    return toml -> {
      String text = ValueType.string(toml, "a rate in quotes, like \"100/min by address\"");
      Matcher m = RATE.matcher(text.strip());
      if (!m.matches()) {
        throw new IllegalArgumentException(ValueType.shown(toml) + RATE_RIGHT);
      }
      int count = Integer.parseInt(m.group(1));
      int burst = m.group(6) == null ? count : Integer.parseInt(m.group(6));
      if (count < 1 || burst < 1) {
        throw new IllegalArgumentException(
            ValueType.shown(toml) + " lets nothing pass; `deny` does that");
      }
      String units = m.group(2) == null ? "1" : m.group(2).strip();
      Duration period =
          units.length() > 6
              ? LONGEST_PERIOD.plusDays(1)
              : Durations.parse(units + m.group(3).charAt(0));
      if (period.isZero()
          || period.compareTo(LONGEST_PERIOD) > 0
          || period.toNanos() / count < SHORTEST_INTERVAL_NANOS) {
        throw new IllegalArgumentException(
            ValueType.shown(toml) + " is not between 1/30d and 100000/s");
      }
      return new RateLimit(count, period, burst, by(m), header(m));
    };
  }

  private static RateLimit.By by(Matcher rate) {
    if (rate.group(5) != null) {
      return RateLimit.By.HEADER;
    }
    return "route".equals(rate.group(4)) ? RateLimit.By.ROUTE : RateLimit.By.ADDRESS;
  }

  private static Optional<String> header(Matcher rate) {
    return Optional.ofNullable(rate.group(5))
        .map(name -> matching(name, FIELD_NAME, "a header name").toLowerCase(Locale.ROOT));
  }

  static String matching(String text, Pattern pattern, String right) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(ValueType.shown(text) + " is not " + right);
    }
    return text;
  }
}
