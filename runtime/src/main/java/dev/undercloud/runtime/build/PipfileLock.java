package dev.undercloud.runtime.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;

/** Pipenv's lock, its {@code default} section, as requirements with hashes. */
final class PipfileLock {
  private PipfileLock() {}

  static String requirements(String json) throws IOException {
    JsonNode lock = new ObjectMapper().readTree(json);
    StringBuilder out = new StringBuilder();
    for (JsonNode source : lock.path("_meta").path("sources")) {
      String url = source.path("url").asText("");
      // The public index is what the installer uses anyway, or has been told a mirror for.
      if (!url.isEmpty() && !source.path("name").asText().equals("pypi")) {
        out.append("--extra-index-url ").append(url).append('\n');
      }
    }
    boolean hashes = true;
    for (JsonNode entry : lock.path("default")) {
      hashes &= entry.path("hashes").size() > 0;
    }
    for (Map.Entry<String, JsonNode> entry : lock.path("default").properties()) {
      out.append(line(entry.getKey(), entry.getValue(), hashes)).append('\n');
    }
    return out.toString();
  }

  private static String line(String name, JsonNode entry, boolean hashes) {
    StringBuilder extras = new StringBuilder();
    entry
        .path("extras")
        .forEach(e -> extras.append(extras.isEmpty() ? "[" : ",").append(e.asText()));
    String full = name + extras + (extras.isEmpty() ? "" : "]");
    StringBuilder out = new StringBuilder();
    if (entry.has("git")) {
      out.append(full).append(" @ git+").append(entry.path("git").asText());
      out.append('@').append(entry.path("ref").asText("HEAD"));
    } else if (entry.has("path")) {
      out.append(entry.path("path").asText());
    } else if (entry.has("file")) {
      out.append(full).append(" @ ").append(entry.path("file").asText());
    } else {
      String version = entry.path("version").asText("");
      out.append(full).append(version.equals("*") ? "" : version);
    }
    if (entry.has("markers")) {
      out.append(" ; ").append(entry.path("markers").asText());
    }
    if (hashes) {
      entry.path("hashes").forEach(hash -> out.append(" --hash=").append(hash.asText()));
    }
    return out.toString();
  }
}
