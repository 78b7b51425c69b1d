package dev.undercloud.observe.model;

import dev.undercloud.core.telemetry.Stage;

/**
 * One bar of a waterfall.
 *
 * @param stage the moment that ends it, or the one it waited for in vain
 * @param startMicros after the exchange's first moment
 * @param micros how long
 */
public record Part(Stage stage, long startMicros, long micros) {
  /** What happened in it, for people. */
  public String name() {
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

  /** What happened in it where no replica was ever asked for. */
  public String nameWithoutReplica() {
    return stage == Stage.QUEUE ? "answering in the edge" : name();
  }

  public double startMillis() {
    return startMicros / 1000.0;
  }

  public double millis() {
    return micros / 1000.0;
  }
}
