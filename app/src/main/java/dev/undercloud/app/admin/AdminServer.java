package dev.undercloud.app.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * The one admin listener, on loopback only: console, JSON API, metrics. Blocking handlers on
 * virtual threads; no request of an app ever passes here.
 */
public final class AdminServer implements AutoCloseable {
  /** Scripts and styles from us alone; nothing may frame the console. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
          + " 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
          + " 'none'";

  private final WebServer server;

  private AdminServer(WebServer server) {
    this.server = server;
  }

  /** Listens on 127.0.0.1; {@code port} must be free. */
  public static AdminServer start(int port, String token, Api api) {
    Access access = new Access(token, port);
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .addFilter((chain, request, response) -> guard(access, chain, request, response))
            .get("/metrics", (request, response) -> metrics(api, response))
            .get("/api/status", (request, response) -> json(response, api.status()))
            .get(
                "/api/requests",
                (request, response) -> json(response, api.requests(query(request))))
            .get("/api/requests/{id}", (request, response) -> why(api, request, response))
            .get(
                "/api/dns/queries",
                (request, response) -> json(response, api.queries(query(request))))
            .get("/api/dns/zones", (request, response) -> json(response, api.zones()))
            .get("/api/logs", (request, response) -> json(response, api.logs(query(request))))
            .get("/api/history", (request, response) -> json(response, api.history(query(request))))
            .get("/api/live", (request, response) -> new LiveStream(api).serve(response))
            .get("/*", new Assets(access)::serve);
    WebServer server =
        WebServer.builder()
            .address(InetAddress.getLoopbackAddress())
            .host("127.0.0.1")
            .port(port)
            .shutdownHook(false)
            .routing(routing)
            .build()
            .start();
    if (!server.isRunning()) {
      throw CloudException.resource(
          "port-taken",
          "port " + port + " is taken",
          "another process listens there since a moment ago",
          "Run it again, or choose another port with --admin-port.");
    }
    return new AdminServer(server);
  }

  public int port() {
    return server.port();
  }

  private static void guard(
      Access access, FilterChain chain, RoutingRequest request, RoutingResponse response) {
    response.header(HeaderNames.create("Content-Security-Policy"), POLICY);
    response.header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
    response.header(HeaderNames.create("Referrer-Policy"), "no-referrer");
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    if (!access.ourHost(request.headers())) {
      refuse(
          response,
          Status.create(421, "Misdirected Request"),
          "This listener answers to its own address only.");
    } else if (request.path().path().startsWith("/api/") && !access.mayRead(request.headers())) {
      refuse(
          response,
          Status.UNAUTHORIZED_401,
          "Open the console by the URL that `undercloud up` printed.");
    } else {
      chain.proceed();
    }
  }

  private static void refuse(ServerResponse response, Status status, String detail) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, "application/problem+json");
    response.send(
        Json.object()
            .put("title", status.reasonPhrase())
            .put("status", status.code())
            .put("detail", detail)
            .toString());
  }

  private static void why(Api api, ServerRequest request, ServerResponse response) {
    api.why(request.path().pathParameters().get("id"))
        .ifPresentOrElse(
            why -> json(response, why),
            () ->
                refuse(
                    response, Status.NOT_FOUND_404, "No such request is known here (any more)."));
  }

  private static void metrics(Api api, ServerResponse response) {
    response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
    response.send(api.metrics());
  }

  private static void json(ServerResponse response, JsonNode body) {
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(body.toString());
  }

  private static Map<String, String> query(ServerRequest request) {
    Map<String, String> parameters = new HashMap<>();
    for (String name : request.query().names()) {
      parameters.put(name, request.query().get(name));
    }
    return parameters;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (CloudException | IllegalStateException alreadyStopped) {
      // Ending twice is fine.
    }
  }
}
