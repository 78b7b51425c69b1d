package dev.undercloud.observe.why;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.observe.model.Handling;
import java.util.List;

/** What is said of requests that a rule of the edge answered, each by the rule's name. */
final class EdgeRules {
  private static final String NOBODY = "; no replica was asked.";

  static final List<Rule> TABLE =
      List.of(
          by(
              "maintenance",
              AnsweredBy.MAINTENANCE,
              f ->
                  "The app is closed for maintenance: Undercloud answered "
                      + f.e().status()
                      + " itself. `undercloud maintenance off` opens it."),
          by("rate limit", AnsweredBy.RATE_LIMIT, EdgeRules::rateLimit),
          by(
              "address rule",
              AnsweredBy.ADDRESS,
              f ->
                  capital(route(f))
                      + " lets nobody in from "
                      + f.e().client()
                      + ": Undercloud answered "
                      + f.e().status()
                      + NOBODY),
          by(
              "password",
              AnsweredBy.PASSWORD,
              f ->
                  capital(route(f))
                      + " asks for a name and a password, and the request had none or wrong ones:"
                      + " Undercloud answered "
                      + f.e().status()
                      + NOBODY),
          by(
              "password limit",
              AnsweredBy.PASSWORD_LIMIT,
              f -> "It was refused with " + f.e().status() + f.because() + NOBODY),
          by("file", AnsweredBy.FILE, EdgeRules::file),
          by(
              "no such file",
              AnsweredBy.NO_FILE,
              f ->
                  capital(route(f))
                      + " is answered with files of "
                      + or(h(f).rule(), "a folder")
                      + ", and "
                      + fileName(f)
                      + " is none of them: Undercloud answered "
                      + f.e().status()
                      + NOBODY),
          by(
              "redirect",
              AnsweredBy.REDIRECT,
              f ->
                  capital(route(f))
                      + " sent the client on to "
                      + or(h(f).rule(), "another address")
                      + " with "
                      + f.e().status()
                      + NOBODY),
          by(
              "to HTTPS",
              AnsweredBy.TO_HTTPS,
              f ->
                  "It came unencrypted and was sent on to HTTPS with "
                      + f.e().status()
                      + ", as `redirect` in [tls] asks"
                      + NOBODY),
          by(
              "preflight",
              AnsweredBy.PREFLIGHT,
              f ->
                  "A browser asked whether another site's script may send a request (CORS): "
                      + route(f)
                      + " answered it"
                      + NOBODY),
          by(
              "challenge",
              AnsweredBy.ACME,
              f -> "An authority looked whether the host is ours, for a certificate (ACME)."),
          by(
              "not stored",
              AnsweredBy.NOT_STORED,
              f ->
                  "The request wants a stored response or none (only-if-cached), and none fits:"
                      + " Undercloud answered "
                      + f.e().status()
                      + NOBODY),
          new Rule(
              "from the cache",
              f -> h(f).by() == AnsweredBy.CACHE && f.e().cache() != CacheUse.REVALIDATED,
              EdgeRules::cached));

  private EdgeRules() {}

  private static Rule by(
      String name, AnsweredBy by, java.util.function.Function<Facts, String> says) {
    // A client that went away is a story of its own, told before.
    return new Rule(name, f -> h(f).by() == by, says);
  }

  private static Handling h(Facts f) {
    return f.e().handling();
  }

  private static String or(@org.jspecify.annotations.Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }

  private static String route(Facts f) {
    return h(f).route() == null ? "a route" : "the route " + h(f).routeText();
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String rateLimit(Facts f) {
    return "The rate limit of "
        + route(f)
        + " refused it with "
        + f.e().status()
        + (h(f).rule() == null ? "" : ": " + h(f).rule() + " was used up")
        + NOBODY;
  }

  /** What the route's star stands for, which is the file's name in its folder. */
  private static String fileName(Facts f) {
    String pattern = or(h(f).route(), "/*");
    int star = pattern.indexOf('*');
    String path = f.e().path();
    boolean below = star >= 0 && path.startsWith(pattern.substring(0, star));
    String name = below ? path.substring(star) : path.substring(1);
    return name.isEmpty() ? "index.html" : name;
  }

  private static String file(Facts f) {
    String what =
        switch (f.e().status()) {
          case 304 -> "Undercloud said that the client's copy of the file ";
          case 206 -> "Undercloud answered with a part of the file ";
          case 301, 308 -> "Undercloud sent the client on to the folder ";
          default -> "Undercloud answered " + f.e().status() + " with the file ";
        };
    return what
        + fileName(f)
        + (h(f).rule() == null ? "" : " of the folder " + h(f).rule())
        + (f.e().status() == 304 ? " still holds" : "")
        + ", by "
        + route(f)
        + ", in "
        + Facts.time(f.total())
        + NOBODY;
  }

  private static String cached(Facts f) {
    String age = f.e().cacheAge() + " s old";
    CacheReason reason = h(f).reason();
    String why =
        switch (reason) {
          case WHILE_REVALIDATE -> " and stale, as the app allows while a newer one is fetched,";
          case ON_ERROR -> " and stale, as the app allows where it fails,";
          default -> f.is(CacheUse.STALE) ? " and stale, as the client or the app allows," : "";
        };
    String waited =
        reason == CacheReason.COLLAPSED
            ? "; it waited for the response to another request for the same"
            : "";
    return "Answered from the cache, "
        + age
        + why
        + " in "
        + Facts.time(f.total())
        + waited
        + (f.reached() ? "." : NOBODY);
  }
}
