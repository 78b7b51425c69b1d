package dev.undercloud.observe.why;

import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Part;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A request explained.
 *
 * @param exchange what is known of it
 * @param totalMillis first moment to last; the parts add up to it
 * @param parts the waterfall
 * @param verdict what took longest and what that means
 * @param notes what the edge did beside, a sentence each
 * @param usualMillis what the middle one of its like took; empty where too few are known
 * @param lines of the edge and of the app that belong to it, oldest first
 */
public record Why(
    Exchange exchange,
    double totalMillis,
    List<Part> parts,
    String verdict,
    List<String> notes,
    OptionalDouble usualMillis,
    List<LogEntry> lines) {
  public Why {
    parts = List.copyOf(parts);
    notes = List.copyOf(notes);
    lines = List.copyOf(lines);
  }
}
