package dev.undercloud.core.policy;

/**
 * A copy of requests goes elsewhere; nobody waits for it.
 *
 * @param app the other app's name
 * @param percent of requests, 0 to 100
 */
public record Mirror(String app, double percent) {
  public Mirror {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("not a percentage: " + percent);
    }
  }
}
