package dev.undercloud.observe.live;

/**
 * How a window of time went.
 *
 * @param count exchanges that ended in it
 * @param perSecond of them
 * @param errorRate share of them that failed, 0 to 1; see {@code Exchange#failed}
 * @param p50Millis half took no longer
 * @param p99Millis 99 of 100 took no longer; both at most 3.2 % off
 */
public record Rates(
    long count, double perSecond, double errorRate, double p50Millis, double p99Millis) {
  public static final Rates NONE = new Rates(0, 0, 0, 0, 0);
}
