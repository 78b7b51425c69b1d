package dev.undercloud.observe.model;

import dev.undercloud.core.telemetry.Stage;
import org.jspecify.annotations.Nullable;

/**
 * One bar of a waterfall.
 *
 * @param stage the moment that ends it, or the one it waited for in vain
 * @param startMicros after the exchange's first moment
 * @param micros how long
 * @param label what happened in it, where that is something else than usual; else null
 */
public record Part(Stage stage, long startMicros, long micros, @Nullable String label) {
  public Part(Stage stage, long startMicros, long micros) {
    this(stage, startMicros, micros, null);
  }

  /** What happened in it, for people. */
  public String name() {
    return label != null ? label : name(stage);
  }

  private static String name(Stage stage) {
    return switch (stage) {
      case ACCEPT -> "accepting the connection";
      case BEGIN -> "waiting for the client's request";
      case HEAD -> "reading the head";
      case ROUTE -> "choosing the route";
      case QUEUE -> "choosing a replica";
      case CONNECT -> "connecting to the replica";
      case FIRST_BYTE -> "waiting for the app";
      case BODY -> "response from the app";
      case DRAIN -> "sending to the client";
    };
  }

  public double startMillis() {
    return startMicros / 1000.0;
  }

  public double millis() {
    return micros / 1000.0;
  }
}
