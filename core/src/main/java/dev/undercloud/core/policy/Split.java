package dev.undercloud.core.policy;

/**
 * A part of the requests is served by another app.
 *
 * @param app the other app's name
 * @param percent of requests, 0 to 100
 */
public record Split(String app, double percent) {
  public Split {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("not a percentage: " + percent);
    }
  }
}
