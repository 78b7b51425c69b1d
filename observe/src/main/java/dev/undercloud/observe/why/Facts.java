package dev.undercloud.observe.why;

import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.Part;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What the rules look at.
 *
 * @param usual median duration of its like in microseconds
 */
record Facts(Exchange e, List<Part> parts, OptionalDouble usual) {

  boolean is(CacheUse use) {
    return e.cache() == use;
  }

  boolean is(Outcome outcome) {
    return e.outcome() == outcome;
  }

  boolean reached() {
    return e.replica() != null;
  }

  /** Whether another app served it: only replicas of one's own run a release that is known. */
  boolean sentOn() {
    String release = e.release();
    return reached() && (release == null || release.isEmpty());
  }

  /** Whether {@code app} is where something listens, and no app's name. */
  static boolean isAddress(String app) {
    return app.indexOf(':') >= 0;
  }

  /** {@code the app live}, or the address as it is. */
  static String app(String app) {
    return isAddress(app) ? app : "the app " + app;
  }

  long total() {
    return e.marks().totalMicros();
  }

  /** The part that took longest; null where there is none. */
  @Nullable Part longest() {
    return parts.stream().max(Comparator.comparingLong(Part::micros)).orElse(null);
  }

  boolean mostly(Stage stage) {
    Part longest = longest();
    return longest != null && longest.stage() == stage;
  }

  long micros(Stage stage) {
    return parts.stream().filter(p -> p.stage() == stage).mapToLong(Part::micros).sum();
  }

  /** {@code web.2}, or words for none. */
  String replica() {
    return e.replica() == null ? "The replica" : e.replica();
  }

  String what() {
    return e.method() + " " + e.path();
  }

  /** The recorded reason as the end of a sentence; empty where there is none. */
  String because() {
    String error = e.error();
    if (error == null || error.isBlank()) {
      return "";
    }
    String said = error.endsWith(".") ? error.substring(0, error.length() - 1) : error;
    String name = e.replica() + " ";
    return ": " + (said.startsWith(name) ? "it " + said.substring(name.length()) : said);
  }

  /** What went on when it ended, where its end was not marked. */
  String unfinished() {
    Stage last = Stage.ACCEPT;
    for (int i = 0; i < Stage.COUNT; i++) {
      last = e.marks().has(Stage.at(i)) ? Stage.at(i) : last;
    }
    Stage next = last == Stage.DRAIN ? last : Stage.at(last.ordinal() + 1);
    return new Part(next, 0, 0).name();
  }

  /** {@code 182 of 190 ms}. */
  String share(Stage stage) {
    return number(micros(stage)) + " of " + time(total());
  }

  /** Durations as people say them: {@code 0.8 ms}, {@code 182 ms}, {@code 2.4 s}. */
  static String time(long micros) {
    return micros >= 9_999_500
        ? String.format(Locale.ROOT, "%.1f s", micros / 1e6)
        : number(micros) + " ms";
  }

  private static String number(long micros) {
    double ms = micros / 1000.0;
    return ms < 9.95 ? String.format(Locale.ROOT, "%.1f", ms) : Long.toString(Math.round(ms));
  }
}
