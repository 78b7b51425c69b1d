package dev.undercloud.runtime.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a file on disk whether it is a Python, by running it once. What it answered is kept in a
 * file, by path and modification time, so that a warm start runs nothing. Blocking, one thread.
 */
final class InterpreterProbe {
  /** A Python starts in well under a second; a cold disk and a loaded machine get more. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final String QUESTION =
      """
      import importlib.util as u, json, os, platform, sys, sysconfig
      def version(name):
          try:
              return __import__(name).__version__
          except Exception:
              return None
      def has(name):
          try:
              return u.find_spec(name) is not None
          except Exception:
              return False
      print(json.dumps({
          "path": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
          "version": "%d.%d.%d" % sys.version_info[:3],
          "platform": sysconfig.get_platform() + " " + " ".join(platform.libc_ver()),
          "library": os.path.realpath(sysconfig.get_paths()["stdlib"]),
          "pip": version("pip"), "venv": has("venv"), "ensurepip": has("ensurepip")}))
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path cacheFile;
  private final Map<String, String> environment;
  private final ObjectNode cache;

  InterpreterProbe(Path cacheFile, Map<String, String> environment) {
    this.cacheFile = cacheFile;
    this.environment = BuildVariables.withoutPython(environment);
    this.cache = load(cacheFile);
  }

  /** What the file at {@code path} is; empty where it is no Python that runs. */
  Optional<Interpreter> ask(Path path) {
    String key;
    try {
      Path real = path.toRealPath();
      if (!Files.isRegularFile(real) || !Files.isExecutable(real)) {
        return Optional.empty();
      }
      key = path + "|" + real + "|" + Files.getLastModifiedTime(real) + "|" + Files.size(real);
    } catch (IOException | SecurityException absent) {
      return Optional.empty();
    }
    JsonNode known = cache.get(key);
    if (known != null) {
      Optional<Interpreter> found = parse(known);
      if (found.isEmpty() || Files.isExecutable(found.get().path())) {
        return found;
      }
    }
    JsonNode answer = run(path);
    cache.set(key, answer);
    save();
    return parse(answer);
  }

  private JsonNode run(Path path) {
    StringBuilder text = new StringBuilder();
    try {
      int code =
          new BuildProcess(environment, LIMIT)
              .run(List.of(path.toString(), "-I", "-c", QUESTION), Path.of("/"), text::append);
      JsonNode answer = code == 0 ? JSON.readTree(text.toString()) : null;
      return answer == null ? JSON.createObjectNode() : answer;
    } catch (IOException noPython) {
      return JSON.createObjectNode();
    } catch (CloudException hangs) {
      if (Thread.currentThread().isInterrupted()) {
        throw hangs;
      }
      return JSON.createObjectNode();
    }
  }

  private static Optional<Interpreter> parse(JsonNode answer) {
    if (!answer.hasNonNull("path") || !answer.hasNonNull("version")) {
      return Optional.empty();
    }
    return Optional.of(
        new Interpreter(
            Path.of(answer.get("path").asText()),
            answer.get("version").asText(),
            answer.path("platform").asText(),
            Path.of(answer.path("library").asText("/")),
            answer.hasNonNull("pip") ? answer.get("pip").asText() : null,
            answer.path("venv").asBoolean(),
            answer.path("ensurepip").asBoolean()));
  }

  private static ObjectNode load(Path file) {
    try {
      if (Files.exists(file) && JSON.readTree(Files.readString(file)) instanceof ObjectNode known) {
        return known;
      }
    } catch (IOException unreadable) {
      // A cache: what cannot be read is found out again.
    }
    return JSON.createObjectNode();
  }

  private void save() {
    try {
      Files.createDirectories(Trees.parent(cacheFile));
      Path temporary = Files.createTempFile(Trees.parent(cacheFile), "interpreters", ".tmp");
      Files.write(temporary, JSON.writeValueAsString(cache).getBytes(StandardCharsets.UTF_8));
      Trees.replace(temporary, cacheFile);
    } catch (IOException unwritable) {
      // A cache: the next start asks again.
    }
  }
}
