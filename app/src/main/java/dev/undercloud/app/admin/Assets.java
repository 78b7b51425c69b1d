package dev.undercloud.app.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The console's own files, out of the jar. They hold no data: only the API needs the token. */
final class Assets {
  private static final String FOLDER = "/console";

  /** One folder deep, known endings only: nothing that could name a place outside. */
  private static final Pattern NAME =
      Pattern.compile("/(?:[a-z0-9-]+/)?[a-z0-9-]+\\.(html|css|js|svg|png|woff2|webmanifest)");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "woff2", "font/woff2",
          "webmanifest", "application/manifest+json");

  private final Access access;

  Assets(Access access) {
    this.access = access;
  }

  void serve(ServerRequest request, ServerResponse response) throws IOException {
    Optional<String> token = request.query().first("token").asOptional();
    if (token.isPresent()) {
      enter(token.get(), response);
      return;
    }
    String path = request.path().path();
    String name = path.equals("/") ? "/index.html" : path;
    var matcher = NAME.matcher(name);
    try (InputStream file =
        matcher.matches() ? Assets.class.getResourceAsStream(FOLDER + name) : null) {
      if (file == null) {
        response.status(Status.NOT_FOUND_404).send("Nothing is here.\n");
        return;
      }
      response.header(
          HeaderNames.CONTENT_TYPE,
          TYPES.getOrDefault(matcher.group(1), "application/octet-stream"));
      response.send(file.readAllBytes());
    }
  }

  /** Turns the token of the printed URL into a cookie, and takes it out of the address bar. */
  private void enter(String token, ServerResponse response) {
    if (!access.matches(token)) {
      response.status(Status.FORBIDDEN_403);
      response.header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
      response.send(
          "This token is of another run. Open the console by the URL that `undercloud up` printed last.\n");
      return;
    }
    response.status(Status.SEE_OTHER_303);
    response.header(
        HeaderNames.SET_COOKIE,
        access.cookieName() + "=" + token + "; HttpOnly; SameSite=Lax; Path=/");
    response.header(HeaderNames.LOCATION, "/");
    response.send();
  }
}
