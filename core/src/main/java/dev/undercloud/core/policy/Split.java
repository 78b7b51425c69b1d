package dev.undercloud.core.policy;

/**
 * A part of the requests is served by another app.
 *
 * @param to the other
 * @param percent of requests, 0 to 100
 */
public record Split(Destination to, double percent) {
  public Split {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("not a percentage: " + percent);
    }
  }

  /** To an app of that name. */
  public Split(String app, double percent) {
    this(new Destination.App(app), percent);
  }
}
