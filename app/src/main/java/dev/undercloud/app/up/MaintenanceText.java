package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.policy.Maintenance;
import dev.undercloud.core.unit.Durations;
import java.util.Optional;

/** What is in force while an app is closed, in words and as JSON. */
final class MaintenanceText {
  private MaintenanceText() {}

  /** What is so now. */
  static ObjectNode state(Optional<Maintenance> now) {
    return now.map(closed -> json(closed).put("message", "the app is closed: " + words(closed)))
        .orElseGet(() -> open("the app is open"));
  }

  static ObjectNode opened(Optional<Maintenance> before) {
    return open(before.isPresent() ? "the app is open again" : "the app was open already");
  }

  /** Nothing of what was in force before stays, which nobody should have to guess. */
  static ObjectNode closed(Maintenance now, Optional<Maintenance> before) {
    String instead =
        before
            .filter(old -> !old.equals(now))
            .map(old -> "; before it was " + words(old) + ", which is over")
            .orElse("");
    return json(now).put("message", "the app is closed: " + words(now) + instead);
  }

  private static ObjectNode open(String message) {
    return Json.object().put("on", false).put("message", message);
  }

  private static ObjectNode json(Maintenance maintenance) {
    return MaintenanceFile.json(maintenance).put("on", true);
  }

  private static String words(Maintenance maintenance) {
    StringBuilder words = new StringBuilder("503 for everything");
    if (!maintenance.exceptPaths().isEmpty()) {
      words.append(" but ").append(String.join(", ", maintenance.exceptPaths()));
    }
    if (!maintenance.exceptAddresses().isEmpty()) {
      words.append(", for everybody but ");
      words.append(String.join(", ", maintenance.exceptAddresses()));
    }
    maintenance.page().ifPresent(page -> words.append(", with the page ").append(page));
    words.append(", Retry-After ").append(Durations.format(maintenance.retryAfter()));
    return words.toString();
  }
}
