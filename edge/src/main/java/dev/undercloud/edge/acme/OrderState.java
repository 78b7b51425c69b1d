package dev.undercloud.edge.acme;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of the orders for one set of names, whatever happens to this process.
 *
 * @param open URL of an order that is not finished
 * @param orders when orders were made, the latest {@link #KEPT}
 * @param failures since the last success
 * @param notBefore no attempt before this moment
 */
record OrderState(Optional<String> open, List<Instant> orders, int failures, Instant notBefore) {
  static final OrderState NEW = new OrderState(Optional.empty(), List.of(), 0, Instant.EPOCH);

  /** More than may be made in a day. */
  private static final int KEPT = 100;

  private static final Duration DAY = Duration.ofDays(1);

  /** Authorities keep an open order for a week at most. */
  private static final Duration WEEK = Duration.ofDays(7);

  OrderState {
    orders = List.copyOf(orders.subList(Math.max(0, orders.size() - KEPT), orders.size()));
  }

  /** An order is about to be made at {@code now}. */
  OrderState ordering(Instant now) {
    List<Instant> more = new java.util.ArrayList<>(orders);
    more.add(now);
    return new OrderState(Optional.empty(), more, failures, notBefore);
  }

  OrderState opened(String url) {
    return new OrderState(Optional.of(url), orders, failures, notBefore);
  }

  /** Even a certificate that is to be renewed at once is not before {@code until}. */
  OrderState done(Instant until) {
    return new OrderState(Optional.empty(), orders, 0, until);
  }

  /** The same with no order later than {@code now} and no pause beyond {@code latest}. */
  OrderState before(Instant now, Instant latest) {
    List<Instant> made = orders.stream().map(each -> each.isAfter(now) ? now : each).toList();
    return new OrderState(open, made, failures, notBefore.isAfter(latest) ? latest : notBefore);
  }

  /** The order is given up; {@code until} passes before the next. */
  OrderState failed(Instant until) {
    return new OrderState(Optional.empty(), orders, failures + 1, until);
  }

  /** The order may still come to something; it is looked at again at {@code until}. */
  OrderState delayed(Instant until) {
    return new OrderState(open, orders, failures + 1, until);
  }

  /** Whether the open order is one that nobody remembers. */
  boolean isStale(Instant now) {
    return orders.isEmpty() || orders.getLast().plus(WEEK).isBefore(now);
  }

  /** How long to wait after the failure that comes next. */
  Duration pause(Duration first, Duration last) {
    Duration doubled = first.multipliedBy(1L << Math.min(failures, 20));
    return doubled.compareTo(last) < 0 ? doubled : last;
  }

  /** When another order may be made, with at most {@code most} in any 24 hours. */
  Instant nextOrder(int most) {
    return orders.size() < most ? Instant.EPOCH : orders.get(orders.size() - most).plus(DAY);
  }
}
