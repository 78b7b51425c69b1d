package dev.undercloud.app.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What the console and the command line ask of a running Undercloud; all JSON. Any thread, may
 * block.
 */
public interface Api {
  /** {@code {"apps":[…],"admin":{"url"}}}. */
  ObjectNode status();

  /** {@code {"requests":[…]}}, newest first. Parameters: app, slow, errors, q, since, limit. */
  ObjectNode requests(Map<String, String> parameters);

  /** {@code {"queries":[…]}}, what the DNS server was asked. Parameters: name, since, limit. */
  ObjectNode queries(Map<String, String> parameters);

  /** {@code {"address","zones":[…]}}: what the DNS server answers for. */
  ObjectNode zones();

  /** One request in all its stages, with a verdict and the log lines beside it. */
  Optional<ObjectNode> why(String requestId);

  /**
   * {@code {"lines":[…]}}, oldest first. Parameters: app, replica, request, grep, since, after,
   * limit.
   */
  ObjectNode logs(Map<String, String> parameters);

  /** {@code {"seconds":[…]}}: the last minutes, a point a second. */
  ObjectNode history(Map<String, String> parameters);

  /** Prometheus text exposition format 0.0.4. */
  String metrics();

  /** Tells {@code status}, {@code exchange} and {@code log} events as they come, until closed. */
  AutoCloseable live(BiConsumer<String, JsonNode> events);
}
