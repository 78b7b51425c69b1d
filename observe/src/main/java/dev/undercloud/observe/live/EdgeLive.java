package dev.undercloud.observe.live;

import dev.undercloud.core.telemetry.AnsweredBy;
import java.util.List;
import java.util.Map;

/**
 * What the edge did with an app's requests.
 *
 * @param answers by who made the response; those that never were are missing
 * @param misses requests that the cache might have answered and did not
 * @param tls requests that came encrypted
 * @param http2 requests that came by HTTP/2
 * @param routes those that decided about requests, in no order
 */
public record EdgeLive(
    Map<AnsweredBy, Count> answers, Count misses, Count tls, Count http2, List<RouteLive> routes) {
  public static final EdgeLive NONE =
      new EdgeLive(Map.of(), Count.NONE, Count.NONE, Count.NONE, List.of());

  public EdgeLive {
    answers = Map.copyOf(answers);
    routes = List.copyOf(routes);
  }

  public Count of(AnsweredBy by) {
    return answers.getOrDefault(by, Count.NONE);
  }
}
