package dev.undercloud.observe.why;

import static dev.undercloud.core.telemetry.Outcome.ANSWERED_BY_EDGE;
import static dev.undercloud.core.telemetry.Outcome.CLIENT_ABORTED;
import static dev.undercloud.core.telemetry.Outcome.TIMED_OUT;
import static dev.undercloud.core.telemetry.Outcome.TUNNEL_CLOSED;
import static dev.undercloud.core.telemetry.Outcome.UPSTREAM_ABORTED;

import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.observe.model.Part;
import dev.undercloud.observe.model.Tried;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of verdicts, in order: how it ended first, what took longest then. */
final class Rules {
  /** Below it there is nothing to be made better, in microseconds. */
  private static final long QUICK = 5_000;

  /** A body up to it fits into any socket's buffer: the kernel takes it at once, in bytes. */
  private static final long SMALL = 64 << 10;

  /** A body beyond it takes its time on the wire, in bytes. */
  private static final long LARGE = 1 << 20;

  private static final List<Rule> ENDED =
      List.of(
          new Rule("tunnel", f -> f.is(TUNNEL_CLOSED), Rules::tunnel),
          new Rule("client gone", f -> f.is(CLIENT_ABORTED), Rules::clientGone),
          new Rule("replica gone", f -> f.is(UPSTREAM_ABORTED), Rules::replicaGone),
          new Rule(
              "slow to send", f -> f.is(TIMED_OUT) && f.e().status() == 408, Rules::slowToSend),
          new Rule("timed out", f -> f.is(TIMED_OUT), Rules::timedOut));

  private static final List<Rule> REST =
      List.of(
          new Rule(
              "malformed",
              f -> byEdge(f) && f.e().app() == null && malformed(f),
              Rules::malformed0),
          new Rule(
              "no such host",
              f ->
                  byEdge(f)
                      && f.e().app() == null
                      && (f.e().status() == 404 || f.e().status() == 421),
              Rules::noSuchHost),
          new Rule(
              "too much",
              f -> byEdge(f) && (f.e().status() == 413 || f.e().status() == 429),
              Rules::tooMuch),
          new Rule("malformed for an app", f -> byEdge(f) && malformed(f), Rules::malformed0),
          new Rule(
              "none in service",
              f -> byEdge(f) && f.e().status() == 503 && !f.reached(),
              Rules::noneInService),
          new Rule("no answer", f -> byEdge(f) && f.e().status() >= 500, Rules::noAnswer),
          new Rule(
              "revalidated",
              f -> byEdge(f) && f.e().cache() == CacheUse.REVALIDATED,
              f ->
                  f.replica()
                      + " said that the response in the cache still holds, and it was sent from"
                      + " there; all in "
                      + Facts.time(f.total())
                      + "."),
          new Rule(
              "own answer",
              Rules::byEdge,
              f ->
                  "Undercloud answered "
                      + f.e().status()
                      + " itself in "
                      + Facts.time(f.total())
                      + f.because()
                      + "; no replica was asked."),
          new Rule(
              "nothing measured",
              f -> f.longest() == null,
              f -> "It ended before anything could be measured" + f.because() + "."),
          new Rule("app error", f -> f.e().status() >= 500, Rules::appError),
          new Rule("quick", f -> f.total() < QUICK, Rules::quick),
          new Rule(
              "preconnect",
              f -> f.mostly(Stage.BEGIN),
              f ->
                  Facts.time(f.micros(Stage.BEGIN))
                      + " passed from the opening of the connection to the first byte of the"
                      + " request: browsers open connections ahead of need, and Undercloud itself is"
                      + " slow in its first moments. The request took "
                      + Facts.time(f.e().marks().durationMicros())
                      + "."),
          new Rule(
              "slow head",
              f -> f.mostly(Stage.HEAD),
              f ->
                  "The client sent its request head slowly: "
                      + f.share(Stage.HEAD)
                      + " went into reading it. Look at the client's network, not at the app."),
          new Rule(
              "own work",
              f -> f.mostly(Stage.ROUTE) || f.mostly(Stage.ACCEPT),
              f ->
                  "Undercloud itself took "
                      + Facts.time(f.micros(Stage.ROUTE) + f.micros(Stage.ACCEPT))
                      + " of "
                      + Facts.time(f.total())
                      + " before it chose a replica: the machine's processors were busy. Look at `undercloud status`."),
          new Rule(
              "failed attempts",
              f -> f.e().attempts() > 1 && (f.mostly(Stage.QUEUE) || f.mostly(Stage.CONNECT)),
              f ->
                  "Attempts that failed took most of it, "
                      + f.share(f.mostly(Stage.QUEUE) ? Stage.QUEUE : Stage.CONNECT)
                      + "; then "
                      + f.replica()
                      + " answered. Look at `undercloud logs` for what ended the others."),
          new Rule(
              "queued",
              f -> f.mostly(Stage.QUEUE),
              f ->
                  "Waiting for a replica took "
                      + f.share(Stage.QUEUE)
                      + ": all replicas were busy or not ready. More replicas would help: `undercloud scale web=N`."),
          new Rule(
              "connecting",
              f -> f.mostly(Stage.CONNECT),
              f ->
                  "Waiting for a connection to "
                      + f.replica()
                      + " took "
                      + f.share(Stage.CONNECT)
                      + ": its server accepts none while all its workers are busy. More workers or replicas would help."),
          new Rule(
              "upload",
              f -> f.mostly(Stage.FIRST_BYTE) && f.e().requestBytes() > LARGE,
              f ->
                  f.replica()
                      + " answered after "
                      + f.share(Stage.FIRST_BYTE)
                      + ", which holds the client's upload of "
                      + new ByteSize(f.e().requestBytes())
                      + " too: the network of the client may be the slow part."),
          new Rule(
              "shared app",
              f -> f.mostly(Stage.FIRST_BYTE) && f.e().inFlightBefore() > 0,
              Rules::sharedApp),
          new Rule(
              "app",
              f -> f.mostly(Stage.FIRST_BYTE),
              f ->
                  "The app took "
                      + f.share(Stage.FIRST_BYTE)
                      + ": "
                      + f.replica()
                      + " worked on it alone, nothing queued. Look at the app's own code or its database."),
          new Rule(
              "long response",
              f -> f.mostly(Stage.BODY) && f.e().responseBytes() > LARGE,
              f ->
                  "The response of "
                      + new ByteSize(f.e().responseBytes())
                      + " took "
                      + f.share(Stage.BODY)
                      + " to come through: the app makes it piece by piece, or the client takes it slowly."),
          new Rule(
              "streamed",
              f -> f.mostly(Stage.BODY),
              f ->
                  f.replica()
                      + " began its answer after "
                      + Facts.time(f.micros(Stage.FIRST_BYTE))
                      + " and took "
                      + f.share(Stage.BODY)
                      + " to finish it: it streams, or makes the page piece by piece."),
          new Rule(
              "slow to write",
              f -> f.mostly(Stage.DRAIN) && f.e().responseBytes() <= SMALL,
              f ->
                  "Undercloud itself took "
                      + f.share(Stage.DRAIN)
                      + " to hand the small response on after the app was done: the machine's"
                      + " processors were busy, or it had just started. Look at `undercloud"
                      + " status`."),
          new Rule(
              "slow reader",
              f -> f.mostly(Stage.DRAIN),
              f ->
                  "The client read slowly: "
                      + f.share(Stage.DRAIN)
                      + " went into handing it the last of "
                      + new ByteSize(f.e().responseBytes())
                      + " after the app was done. Look at the client's network, not at the app."));

  static final List<Rule> TABLE =
      Stream.of(ENDED, EdgeRules.TABLE, REST).flatMap(List::stream).toList();

  private Rules() {}

  private static boolean byEdge(Facts f) {
    return f.is(ANSWERED_BY_EDGE);
  }

  private static boolean malformed(Facts f) {
    int s = f.e().status();
    return s == 400 || s == 414 || s == 417 || s == 431 || s == 501 || s == 505;
  }

  private static String malformed0(Facts f) {
    return "Refused with "
        + f.e().status()
        + " before any replica saw it"
        + (f.because().isEmpty() ? ": the request is malformed or ambiguous" : f.because())
        + ". The client has to send it differently.";
  }

  private static String noSuchHost(Facts f) {
    return "No app answers to the host \""
        + f.e().host()
        + "\". Look at the `hosts` of the app, or at the name the client asked for.";
  }

  private static String tooMuch(Facts f) {
    return "A limit refused it with " + f.e().status() + f.because() + "; no replica was asked.";
  }

  private static String noneInService(Facts f) {
    String waited =
        f.micros(Stage.QUEUE) > QUICK ? " after " + Facts.time(f.micros(Stage.QUEUE)) : "";
    return "No replica could take it"
        + waited
        + f.because()
        + ". Look at `undercloud status` and the app's last log lines.";
  }

  private static String noAnswer(Facts f) {
    return (f.reached() ? f.replica() + " gave no answer" : "No replica gave an answer")
        + f.because()
        + ", so Undercloud answered "
        + f.e().status()
        + " after "
        + Facts.time(f.total())
        + attempts(f)
        + ". Look at the app's log lines of that moment.";
  }

  /** {@code and 3 attempts (web.1, web.2, web.1)}; nothing where there was one. */
  private static String attempts(Facts f) {
    List<Tried> tried = f.e().handling().tried();
    int count = Math.max(f.e().attempts(), tried.size());
    String who = tried.stream().map(Tried::replica).collect(Collectors.joining(", ", " (", ")"));
    return count < 2 ? "" : " and " + count + " attempts" + (tried.size() < 2 ? "" : who);
  }

  private static String timedOut(Facts f) {
    Part longest = f.longest();
    return "A time limit ended it after "
        + Facts.time(f.total())
        + f.because()
        + (longest == null ? "" : "; most of it went into " + longest.name())
        + (f.reached() ? " (" + f.replica() + ")" : "")
        + ".";
  }

  private static String slowToSend(Facts f) {
    return "The client sent its request too slowly and was cut off after "
        + Facts.time(f.total())
        + f.because()
        + ".";
  }

  private static String clientGone(Facts f) {
    List<Part> parts = f.parts();
    boolean ended = f.e().marks().has(Stage.DRAIN) && !parts.isEmpty();
    String when =
        ended
            ? " after " + Facts.time(f.total()) + ", during: " + parts.getLast().name()
            : ", during: " + f.unfinished() + " (how long that was is not known)";
    boolean waiting = f.reached() && f.e().responseBytes() == 0 && f.micros(Stage.BODY) == 0;
    return "The client went away"
        + when
        + f.because()
        + (waiting
            ? ". It got no byte of an answer from " + f.replica() + ", which may be too slow."
            : ". It had got " + new ByteSize(f.e().responseBytes()) + " of the response.");
  }

  private static String replicaGone(Facts f) {
    return f.replica()
        + " broke off its own response after "
        + new ByteSize(f.e().responseBytes())
        + " and "
        + Facts.time(f.total())
        + f.because()
        + ". Look at its log lines: it crashed, was killed, or told a wrong length.";
  }

  private static String tunnel(Facts f) {
    return "An upgraded connection (a WebSocket, for one) to "
        + f.replica()
        + " that lasted "
        + Facts.time(f.total())
        + f.because()
        + "; the app took "
        + Facts.time(f.micros(Stage.FIRST_BYTE))
        + " for the handshake.";
  }

  private static String appError(Facts f) {
    return "The app itself answered "
        + f.e().status()
        + " after "
        + Facts.time(f.total())
        + " ("
        + f.replica()
        + "). Look at its log lines below: an exception there is the cause.";
  }

  private static String quick(Facts f) {
    Part longest = f.longest();
    return "Quick: "
        + Facts.time(f.total())
        + " in all"
        + (longest == null
            ? ""
            : ", most of it, " + Facts.time(longest.micros()) + ", " + longest.name())
        + ". Nothing to mend.";
  }

  private static String sharedApp(Facts f) {
    int others = f.e().inFlightBefore();
    return "The app took "
        + f.share(Stage.FIRST_BYTE)
        + ": "
        + f.replica()
        + " had "
        + others
        + (others == 1 ? " other request" : " other requests")
        + " in flight when this one came, so part of it may be waiting for a free worker. Look at"
        + " the app's code first; more workers or replicas help if it is the wait.";
  }
}
