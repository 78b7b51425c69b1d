package dev.undercloud.core.policy;

import java.time.Duration;
import java.util.List;

/**
 * What the edge answers to cross-origin requests (WHATWG Fetch, CORS protocol), preflights
 * included.
 *
 * @param origins such as {@code https://example.org}, or {@code *} alone
 * @param methods allowed beside the simple ones
 * @param headers allowed beside the simple ones
 * @param expose readable by scripts
 * @param credentials whether cookies may come along; not with {@code *}
 * @param maxAge of a preflight's answer
 */
public record Cors(
    List<String> origins,
    List<String> methods,
    List<String> headers,
    List<String> expose,
    boolean credentials,
    Duration maxAge) {
  public Cors {
    origins = List.copyOf(origins);
    methods = List.copyOf(methods);
    headers = List.copyOf(headers);
    expose = List.copyOf(expose);
    if (credentials && origins.contains("*")) {
      throw new IllegalArgumentException("credentials need named origins");
    }
  }
}
