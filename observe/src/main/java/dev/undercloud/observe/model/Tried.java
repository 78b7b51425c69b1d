package dev.undercloud.observe.model;

/**
 * A replica that was tried and failed the request.
 *
 * @param replica {@code web.1}
 * @param how what it did, as the end of a sentence about it
 * @param startMicros when it was chosen, after the exchange's first moment
 * @param micros until it had failed
 */
public record Tried(String replica, String how, long startMicros, long micros) {
  public double startMillis() {
    return startMicros / 1000.0;
  }

  public double millis() {
    return micros / 1000.0;
  }
}
