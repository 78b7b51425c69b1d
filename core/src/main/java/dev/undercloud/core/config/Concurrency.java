package dev.undercloud.core.config;

import dev.undercloud.core.policy.Balance;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How many requests a web server works on at once, as far as its command shows. */
final class Concurrency {
  /** What of a command says that requests are tasks or green threads rather than threads. */
  private static final Pattern ASYNCHRONOUS =
      Pattern.compile(
          "\\b(uvicorn|hypercorn|daphne|asgi|fastapi|gevent|eventlet|tornado|sanic|aiohttp)",
          Pattern.CASE_INSENSITIVE);

  /** Requests that wait for a database or another service cost an event loop next to nothing. */
  static final int TASKS = 1_024;

  private Concurrency() {}

  /** What one replica gets at once, unless the user says so. */
  static int inFlight(@Nullable WebPlan web) {
    return web != null && ASYNCHRONOUS.matcher(web.command().text()).find()
        ? TASKS
        : Balance.DEFAULT.inFlight();
  }
}
