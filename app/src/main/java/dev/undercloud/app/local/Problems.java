package dev.undercloud.app.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.config.ConfigException;
import dev.undercloud.core.error.Problem;

/** Problems as JSON, one way and back. */
public final class Problems {
  private Problems() {}

  public static ObjectNode json(Problem problem) {
    ObjectNode json = Json.object();
    json.put("code", problem.code())
        .put("kind", problem.kind().name().toLowerCase(java.util.Locale.ROOT));
    json.put("what", problem.what()).put("where", problem.where());
    return json.put("why", problem.why()).put("remedy", problem.remedy());
  }

  /** All mistakes of a project's files as one problem, a line each. */
  static Problem of(ConfigException mistakes) {
    return new Problem(
        "config",
        Problem.Kind.USER,
        "the project's files have mistakes",
        null,
        String.valueOf(mistakes.getMessage()),
        "Mend them and run it again; nothing was changed.");
  }

  static Problem parse(JsonNode json) {
    return new Problem(
        json.path("code").asText("internal"),
        Problem.Kind.valueOf(
            json.path("kind").asText("internal").toUpperCase(java.util.Locale.ROOT)),
        json.path("what").asText(),
        json.path("where").isTextual() ? json.path("where").asText() : null,
        json.path("why").asText(),
        json.path("remedy").asText());
  }
}
