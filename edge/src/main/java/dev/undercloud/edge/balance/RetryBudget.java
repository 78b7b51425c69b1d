package dev.undercloud.edge.balance;

/**
 * How many requests may be sent again: a share of all requests of the last ten seconds, and a few
 * for who has few. Where everything fails, retries would only multiply the load that is perhaps the
 * cause. Any thread.
 */
public final class RetryBudget {
  /** A replica that dies with what it was doing is made good even in a quiet app. */
  public static final int FREE_PER_SECOND = 10;

  private final Window requests;
  private final Window retries;

  public RetryBudget(long now) {
    requests = new Window(now);
    retries = new Window(now);
  }

  /** So many requests came. */
  public synchronized void came(long count, long now) {
    requests.add(now, count);
  }

  /** Whether one more may be sent again; if so, it counts. */
  public synchronized boolean take(int percent, long now) {
    if (percent == 0) {
      return false;
    }
    long most = FREE_PER_SECOND * Window.SECONDS + requests.sum(now) * percent / 100;
    if (retries.sum(now) >= most) {
      return false;
    }
    retries.add(now, 1);
    return true;
  }
}
