package dev.undercloud.observe.live;

/**
 * How often something happened.
 *
 * @param total since the start
 * @param perSecond over the last ten seconds
 */
public record Count(long total, double perSecond) {
  public static final Count NONE = new Count(0, 0);
}
