package dev.undercloud.observe.why;

import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Part;
import dev.undercloud.observe.model.Parts;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Makes the explanation of a request from what was measured. Pure. */
public final class Explainer {
  /** From here on "so many times the usual" is worth saying. */
  private static final double UNUSUAL = 2.5;

  /** Below it a comparison says more about noise than about the app, in microseconds. */
  private static final double WORTH_COMPARING = 5_000;

  private Explainer() {}

  /**
   * @param usualMicros the median of its like; empty where too few are known
   */
  public static Why explain(Exchange e, OptionalDouble usualMicros, List<LogEntry> lines) {
    List<Part> parts = Parts.of(e);
    Facts facts = new Facts(e, parts, usualMicros);
    String verdict =
        rule(facts).says().apply(facts) + sentOn(facts) + retried(facts) + compared(facts);
    return new Why(
        e,
        e.marks().totalMicros() / 1000.0,
        parts,
        verdict,
        Notes.of(facts, verdict),
        usualMicros.isPresent()
            ? OptionalDouble.of(usualMicros.getAsDouble() / 1000)
            : OptionalDouble.empty(),
        lines);
  }

  static Rule rule(Facts facts) {
    return Rules.TABLE.stream()
        .filter(rule -> rule.applies().test(facts))
        .findFirst()
        .orElse(OTHERWISE);
  }

  /** Speaks where no row does: a stage that a later version adds. */
  private static final Rule OTHERWISE =
      new Rule("otherwise", f -> true, f -> "It took " + Facts.time(f.total()) + f.because() + ".");

  private static String sentOn(Facts f) {
    if (!f.sentOn()) {
      return "";
    }
    String app = String.valueOf(f.e().app());
    return (f.e().handling().instead() ? " A split" : " A route")
        + " sent it on to "
        + Facts.app(app)
        + (Facts.isAddress(app) ? "." : ", whose own records tell more.");
  }

  private static String retried(Facts f) {
    int attempts = f.e().attempts();
    if (attempts <= 1 || f.is(Outcome.ANSWERED_BY_EDGE)) {
      return "";
    }
    return " It took "
        + attempts
        + " attempts: "
        + (attempts == 2 ? "a connection" : "connections")
        + " to a replica failed before "
        + f.replica()
        + " answered, and the time for that is in it.";
  }

  private static String compared(Facts f) {
    long took = f.e().marks().durationMicros();
    if (f.usual().isEmpty() || took < WORTH_COMPARING || !f.is(Outcome.COMPLETE)) {
      return "";
    }
    double usual = f.usual().getAsDouble();
    double times = took / Math.max(1, usual);
    if (times >= UNUSUAL) {
      return String.format(
          Locale.ROOT,
          " That is %s times the usual %s of %s.",
          times < 9.95
              ? String.format(Locale.ROOT, "%.1f", times)
              : Long.toString(Math.round(times)),
          Facts.time(Math.round(usual)),
          f.what());
    }
    return times > 1 / UNUSUAL
        ? " That is usual for " + f.what() + " (" + Facts.time(Math.round(usual)) + ")."
        : "";
  }
}
