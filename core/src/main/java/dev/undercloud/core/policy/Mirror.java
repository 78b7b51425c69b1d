package dev.undercloud.core.policy;

/**
 * A copy of requests goes elsewhere; nobody waits for it.
 *
 * @param to the other
 * @param percent of requests, 0 to 100
 */
public record Mirror(Destination to, double percent) {
  public Mirror {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("not a percentage: " + percent);
    }
  }

  /** To an app of that name. */
  public Mirror(String app, double percent) {
    this(new Destination.App(app), percent);
  }
}
