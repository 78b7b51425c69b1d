package dev.undercloud.edge.http1;

import java.util.List;

/**
 * Fields that no Connection field may take away and no trailer may bring: a choice of the product's
 * (RFC 9110, 7.6.1 warns of the former, 6.5.1 of the latter), and so one list for all judges.
 */
public final class EndToEnd {
  public static final List<String> NAMES =
      List.of(
          "host",
          "content-length",
          "transfer-encoding",
          "expect",
          "forwarded",
          "x-real-ip",
          "x-request-id",
          "traceparent",
          "tracestate",
          "user-agent",
          "accept",
          "authorization",
          "cookie",
          "set-cookie",
          "cache-control",
          "range",
          "content-type",
          "content-encoding",
          "content-range");

  private EndToEnd() {}
}
