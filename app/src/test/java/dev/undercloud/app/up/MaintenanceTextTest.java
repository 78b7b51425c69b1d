package dev.undercloud.app.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.policy.Maintenance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code undercloud maintenance} prints, and its JSON, to the letter. */
class MaintenanceTextTest {
  private static final Maintenance PLAIN =
      new Maintenance(List.of(), List.of(), Optional.empty(), Maintenance.RETRY_AFTER);

  private static final Maintenance FULL =
      new Maintenance(
          List.of("/quizzes*", "/healthz"),
          List.of("10.0.0.0/8", "::1"),
          Optional.of(Path.of("/srv/closed.html")),
          Duration.ofMinutes(5));

  private static final String IN_FULL =
      "503 for everything but /quizzes*, /healthz, for everybody but 10.0.0.0/8, ::1, with the page"
          + " /srv/closed.html, Retry-After 5m";

  private static String message(JsonNode result) {
    return result.path("message").asText();
  }

  @Test
  void saysWhetherTheAppIsOpen() throws Exception {
    JsonNode open = MaintenanceText.state(Optional.empty());
    assertThat(open).isEqualTo(Json.parse("{\"on\":false,\"message\":\"the app is open\"}"));
    assertThat(message(MaintenanceText.state(Optional.of(PLAIN))))
        .isEqualTo("the app is closed: 503 for everything, Retry-After 1m");
    assertThat(message(MaintenanceText.state(Optional.of(FULL))))
        .isEqualTo("the app is closed: " + IN_FULL);
  }

  @Test
  void openingSaysWhetherItWasClosed() {
    assertThat(message(MaintenanceText.opened(Optional.of(FULL))))
        .isEqualTo("the app is open again");
    JsonNode before = MaintenanceText.opened(Optional.empty());
    assertThat(message(before)).isEqualTo("the app was open already");
    assertThat(before.path("on").asBoolean(true)).isFalse();
  }

  @Test
  void closingSaysWhatIsOver() {
    assertThat(message(MaintenanceText.closed(FULL, Optional.empty())))
        .isEqualTo("the app is closed: " + IN_FULL);
    assertThat(message(MaintenanceText.closed(FULL, Optional.of(FULL))))
        .isEqualTo("the app is closed: " + IN_FULL);
    assertThat(message(MaintenanceText.closed(PLAIN, Optional.of(FULL))))
        .isEqualTo(
            "the app is closed: 503 for everything, Retry-After 1m; before it was "
                + IN_FULL
                + ", which is over");
  }

  @Test
  void itsJsonIsWhatTheVerbTakes() {
    JsonNode closed = MaintenanceText.closed(FULL, Optional.empty());
    assertThat(closed.path("on").asBoolean()).isTrue();
    assertThat(MaintenanceFile.of(closed)).isEqualTo(FULL);
    assertThat(MaintenanceFile.of(MaintenanceText.closed(PLAIN, Optional.empty())))
        .isEqualTo(PLAIN);
  }
}
