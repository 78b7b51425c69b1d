package dev.undercloud.observe.store;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.observe.model.Handling;
import dev.undercloud.observe.model.Tried;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What few exchanges have, in one column: a line {@code key value} each, so that the many that have
 * nothing of it cost a null.
 */
final class HandlingText {
  private static final String TRIED = "tried";

  private HandlingText() {}

  /** Null where there is nothing to be kept. */
  static @Nullable String of(Handling h) {
    if (h.isBrief()) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    put(out, "rule", h.rule());
    put(out, "rewritten", h.rewritten());
    put(out, "reason", h.reason() == CacheReason.NONE ? null : h.reason().name());
    put(out, "stored", h.stored() ? "yes" : null);
    put(out, "instead", h.instead() ? "yes" : null);
    put(out, "mirror", h.mirror());
    put(out, "copy", h.copy() ? "yes" : null);
    put(out, "left", h.limitLeft() < 0 ? null : String.valueOf(h.limitLeft()));
    put(out, "tls", h.tls() == 0 ? null : String.valueOf(h.tls()));
    put(out, "coding", h.coding() == BodyCoding.NONE ? null : h.coding().name());
    put(out, "sent", h.sentBytes() == 0 ? null : String.valueOf(h.sentBytes()));
    for (Tried each : h.tried()) {
      put(
          out,
          TRIED,
          each.startMicros() + " " + each.micros() + " " + each.replica() + " " + each.how());
    }
    return out.toString();
  }

  private static void put(StringBuilder out, String key, @Nullable String value) {
    if (value != null) {
      out.append(key).append(' ').append(value.replace('\n', ' ')).append('\n');
    }
  }

  /**
   * @param text what {@link #of} made
   */
  static Handling parse(
      String by, @Nullable String route, @Nullable String where, @Nullable String text) {
    Map<String, String> values = new HashMap<>();
    List<Tried> tried = new ArrayList<>();
    for (String line : text == null ? List.<String>of() : text.lines().toList()) {
      int space = line.indexOf(' ');
      String value = line.substring(space + 1);
      if (line.substring(0, space).equals(TRIED)) {
        String[] parts = value.split(" ", 4);
        tried.add(
            new Tried(parts[2], parts[3], Long.parseLong(parts[0]), Long.parseLong(parts[1])));
      } else {
        values.put(line.substring(0, space), value);
      }
    }
    return new Handling(
        AnsweredBy.valueOf(by),
        route,
        where,
        values.get("rule"),
        values.get("rewritten"),
        CacheReason.valueOf(values.getOrDefault("reason", CacheReason.NONE.name())),
        values.containsKey("stored"),
        values.containsKey("instead"),
        values.get("mirror"),
        values.containsKey("copy"),
        Integer.parseInt(values.getOrDefault("left", "-1")),
        Integer.parseInt(values.getOrDefault("tls", "0")),
        BodyCoding.valueOf(values.getOrDefault("coding", BodyCoding.NONE.name())),
        Long.parseLong(values.getOrDefault("sent", "0")),
        tried);
  }
}
