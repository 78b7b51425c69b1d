package dev.undercloud.runtime.detect;

import dev.undercloud.core.config.CliOverrides;
import dev.undercloud.core.config.ConfigException;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.config.Resolver;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.unit.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A small project and what it resolves to, in one file: {@code === path} begins a file of the
 * project, {@code === expected} what is printed of its resolution.
 */
record GoldenCase(Map<String, String> files, String expected) {
  private static final String EXPECTED = "expected";

  static GoldenCase read(Path golden) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    String[] parts = ("\n" + Files.readString(golden)).split("\n=== ");
    for (String part : parts) {
      if (!part.isBlank()) {
        int end = part.indexOf('\n');
        files.put(end < 0 ? part : part.substring(0, end), end < 0 ? "" : part.substring(end + 1));
      }
    }
    String expected = files.remove(EXPECTED);
    return new GoldenCase(files, expected == null ? "" : expected.strip());
  }

  void write(Path golden, String actual) throws IOException {
    StringBuilder out = new StringBuilder();
    files.forEach((name, text) -> out.append("=== ").append(name).append('\n').append(end(text)));
    out.append("=== ").append(EXPECTED).append('\n').append(actual).append('\n');
    Files.writeString(golden, out.toString());
  }

  private static String end(String text) {
    return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
  }

  void make(Path directory) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, end(file.getValue()));
    }
  }

  static String resolve(Resolver resolver, Path directory) {
    try {
      return shown(resolver.resolve(directory, CliOverrides.NONE));
    } catch (ConfigException wrong) {
      StringBuilder out = new StringBuilder();
      wrong.errors().forEach(e -> out.append("error ").append(e.sentence()).append('\n'));
      return out.toString().strip();
    }
  }

  private static String shown(Resolution found) {
    StringBuilder out = new StringBuilder();
    found.findings().forEach(f -> line(out, "found", f.what() + " [" + f.why() + "]"));
    AppSpec spec = found.spec();
    spec.processes()
        .values()
        .forEach(p -> {
          line(out, p.name(), String.join(" | ", p.command().words()));
          line(
              out,
              "  as",
              "%s x%d idle %s %s"
                  .formatted(
                      p.listen(),
                      p.replicas(),
                      Durations.format(p.upstreamIdle()),
                      new TreeMap<>(p.environment())));
        });
    if (spec.release() != null) {
      line(out, "release", String.join(" | ", spec.release().words()));
    }
    Command collect = spec.build().collect();
    if (collect != null) {
      line(out, "collect", String.join(" | ", collect.words()));
    }
    line(out, "build", spec.build().toString().replaceFirst(", collect=.*", "]"));
    found.warnings().forEach(w -> line(out, "warning", w));
    return out.toString().strip();
  }

  private static void line(StringBuilder out, String key, String value) {
    out.append(key).append(": ").append(value).append('\n');
  }
}
