package dev.undercloud.edge.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Says of the user's own certificates that they end: in good time, and once a day from then on.
 * What is renewed by itself needs no such words. One thread.
 */
final class ExpiryWarnings {
  /** Time for whoever has to ask somebody else for a new one. */
  private static final Duration EARLY = Duration.ofDays(14);

  private static final Duration AGAIN = Duration.ofDays(1);

  private final Map<Path, Long> said = new HashMap<>();

  /** What is to be said of the certificate in {@code file} now, if anything. */
  Optional<String> of(Path file, Identity identity, Instant now, long nanos) {
    Instant end = identity.notAfter();
    Duration life = Duration.between(identity.certificate().getNotBefore().toInstant(), end);
    // One that lives for days is replaced by some machine: only when that does not come.
    Duration early = life.dividedBy(6).compareTo(EARLY) < 0 ? life.dividedBy(6) : EARLY;
    if (now.isBefore(end.minus(early))) {
      said.remove(file);
      return Optional.empty();
    }
    Long last = said.get(file);
    if (last != null && nanos - last < AGAIN.toNanos()) {
      return Optional.empty();
    }
    said.put(file, nanos);
    String when =
        now.isAfter(end)
            ? "expired on " + end + ", and clients refuse it"
            : "expires on " + end + ", in " + days(Duration.between(now, end));
    return Optional.of(
        "the certificate in %s %s. Put a renewed one there: it is read by itself."
            .formatted(file, when));
  }

  private static String days(Duration left) {
    return left.toDays() > 1 ? left.toDays() + " days" : left.toHours() + " hours";
  }
}
