package dev.undercloud.control.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.model.Isolation;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.unit.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An {@link AppSpec} as JSON and back, by hand: no reflection, and the same text for equal specs.
 */
public final class SpecJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SpecJson() {}

  public static String write(AppSpec spec) {
    ObjectNode out = JSON.createObjectNode();
    out.put("name", spec.name());
    out.put("directory", spec.directory().toString());
    out.put("isolation", spec.isolation().name());
    out.set("environment", map(spec.environment()));
    ObjectNode processes = out.putObject("processes");
    spec.processes().forEach((name, process) -> processes.set(name, process(process)));
    if (spec.release() != null) {
      out.set("release", command(spec.release()));
    }
    out.set("build", build(spec.build()));
    out.set("hosts", JSON.valueToTree(spec.hosts()));
    return out.toString();
  }

  public static AppSpec readSpec(String text) {
    JsonNode in = tree(text);
    Map<String, ProcessSpec> processes = new TreeMap<>();
    in.get("processes").properties().forEach(e -> processes.put(e.getKey(), process(e.getValue())));
    JsonNode release = in.get("release");
    return new AppSpec(
        in.get("name").asText(),
        Path.of(in.get("directory").asText()),
        Isolation.valueOf(in.get("isolation").asText()),
        map(in.get("environment")),
        processes,
        release == null ? null : command(release),
        build(in.get("build")),
        strings(in.get("hosts")));
  }

  /** A map in the order of its keys. */
  public static String write(Map<String, String> values) {
    return map(values).toString();
  }

  public static Map<String, String> readMap(String text) {
    return map(tree(text));
  }

  private static ObjectNode process(ProcessSpec process) {
    ObjectNode out = JSON.createObjectNode();
    out.put("name", process.name());
    out.set("command", command(process.command()));
    out.set("environment", map(process.environment()));
    out.put("replicas", process.replicas());
    out.put("listen", process.listen().name());
    HealthCheck health = process.health();
    ObjectNode check = out.putObject("health");
    check.put("path", health.path());
    put(check, "interval", health.interval());
    put(check, "timeout", health.timeout());
    put(check, "grace", health.grace());
    Limits limits = process.limits();
    ObjectNode most = out.putObject("limits");
    most.put("cpu", limits.cpu());
    most.put("memory", limits.memory() == null ? null : (Long) limits.memory().bytes());
    most.put("pids", limits.pids());
    Timeouts timeouts = process.timeouts();
    ObjectNode times = out.putObject("timeouts");
    put(times, "connect", timeouts.connect());
    put(times, "response", timeouts.response());
    put(times, "request", timeouts.request());
    put(times, "idle", timeouts.idle());
    put(times, "drain", timeouts.drain());
    put(out, "upstreamIdle", process.upstreamIdle());
    out.put("protocol", process.protocol().word());
    return out;
  }

  private static ProcessSpec process(JsonNode in) {
    JsonNode check = in.get("health");
    JsonNode most = in.get("limits");
    JsonNode times = in.get("timeouts");
    return new ProcessSpec(
        in.get("name").asText(),
        command(in.get("command")),
        map(in.get("environment")),
        in.get("replicas").asInt(),
        Listen.valueOf(in.get("listen").asText()),
        new HealthCheck(
            text(check, "path"),
            duration(check, "interval"),
            duration(check, "timeout"),
            duration(check, "grace")),
        new Limits(
            most.get("cpu").isNull() ? null : (Double) most.get("cpu").asDouble(),
            most.get("memory").isNull() ? null : new ByteSize(most.get("memory").asLong()),
            most.get("pids").isNull() ? null : (Integer) most.get("pids").asInt()),
        new Timeouts(
            duration(times, "connect"),
            duration(times, "response"),
            duration(times, "request"),
            duration(times, "idle"),
            duration(times, "drain")),
        duration(in, "upstreamIdle"),
        protocol(in));
  }

  /** Older journals know of no other than HTTP/1.1. */
  private static Protocol protocol(JsonNode in) {
    String word = text(in, "protocol");
    return word == null ? Protocol.HTTP1 : Protocol.of(word);
  }

  private static ObjectNode command(Command command) {
    ObjectNode out = JSON.createObjectNode();
    out.put("text", command.text());
    out.set("words", JSON.valueToTree(command.words()));
    out.put("shell", command.shell());
    return out;
  }

  private static Command command(JsonNode in) {
    return new Command(
        in.get("text").asText(), strings(in.get("words")), in.get("shell").asBoolean());
  }

  private static ObjectNode build(BuildSpec build) {
    ObjectNode out = JSON.createObjectNode();
    out.put("installer", build.installer().name());
    out.set("files", JSON.valueToTree(build.files()));
    out.set("packages", JSON.valueToTree(build.packages()));
    out.put("pythonVersion", build.pythonVersion());
    out.put("python", build.python());
    if (build.collect() != null) {
      out.set("collect", command(build.collect()));
    }
    return out;
  }

  private static BuildSpec build(JsonNode in) {
    return new BuildSpec(
        BuildSpec.Installer.valueOf(in.get("installer").asText()),
        strings(in.get("files")),
        strings(in.get("packages")),
        text(in, "pythonVersion"),
        in.get("python").asBoolean(),
        in.get("collect") == null ? null : command(in.get("collect")));
  }

  private static ObjectNode map(Map<String, String> values) {
    ObjectNode out = JSON.createObjectNode();
    new TreeMap<>(values).forEach(out::put);
    return out;
  }

  private static Map<String, String> map(JsonNode in) {
    Map<String, String> out = new TreeMap<>();
    new TreeSet<>(in.propertyStream().map(Map.Entry::getKey).toList())
        .forEach(key -> out.put(key, in.get(key).asText()));
    return out;
  }

  private static List<String> strings(JsonNode in) {
    List<String> out = new ArrayList<>();
    in.forEach(node -> out.add(node.asText()));
    return out;
  }

  private static void put(ObjectNode out, String key, Duration value) {
    out.put(key, value.toString());
  }

  private static Duration duration(JsonNode in, String key) {
    return Duration.parse(in.get(key).asText());
  }

  private static @Nullable String text(JsonNode in, String key) {
    JsonNode value = in.get(key);
    return value == null || value.isNull() ? null : value.asText();
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the control journal holds broken JSON", e);
    }
  }
}
