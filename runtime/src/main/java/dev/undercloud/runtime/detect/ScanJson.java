package dev.undercloud.runtime.detect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.core.config.PythonScan;
import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Constant;
import dev.undercloud.core.config.PythonScan.Django;
import dev.undercloud.core.config.PythonScan.Interface;
import dev.undercloud.core.config.PythonScan.Main;
import dev.undercloud.core.config.PythonScan.Place;
import dev.undercloud.core.config.PythonScan.StaticFolder;
import dev.undercloud.core.config.PythonScan.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scan's output as records. What is missing or odd in it is an IllegalArgumentException. */
final class ScanJson {
  private ScanJson() {}

  static PythonScan read(JsonNode root) {
    List<AppObject> objects = new ArrayList<>();
    root.path("objects").forEach(each -> objects.add(object(each)));
    List<Trouble> troubles = new ArrayList<>();
    root.path("troubles")
        .forEach(each -> troubles.add(new Trouble(place(each), need(each, "reason"))));
    Map<String, Map<String, Constant>> gunicorn = new LinkedHashMap<>();
    root.path("gunicorn")
        .properties()
        .forEach(file -> gunicorn.put(file.getKey(), constants(file.getKey(), file.getValue())));
    Map<String, Main> mains = new LinkedHashMap<>();
    root.path("mains")
        .properties()
        .forEach(file -> mains.put(file.getKey(), main(file.getKey(), file.getValue())));
    List<StaticFolder> statics = new ArrayList<>();
    root.path("statics").forEach(each -> statics.add(folder(each)));
    JsonNode streamlit = root.path("streamlit");
    return new PythonScan(
        need(root, "python"),
        null,
        root.path("sources").asInt(),
        objects,
        root.path("django").isObject() ? django(root.path("django")) : null,
        gunicorn,
        mains,
        streamlit.isObject() ? place(streamlit) : null,
        statics,
        troubles,
        text(root, "truncated"));
  }

  private static AppObject object(JsonNode node) {
    return new AppObject(
        need(node, "module"),
        need(node, "root"),
        place(node),
        need(node, "expression"),
        Interface.valueOf(need(node, "interface")),
        text(node, "framework"),
        node.path("factory").asBoolean());
  }

  private static Map<String, Constant> constants(String file, JsonNode values) {
    Map<String, Constant> found = new HashMap<>();
    values
        .properties()
        .forEach(each ->
            found.put(
                each.getKey(),
                new Constant(
                    value(each.getValue().path("value")),
                    new Place(file, each.getValue().path("line").asInt()))));
    return found;
  }

  private static Main main(String file, JsonNode node) {
    JsonNode port = node.path("port");
    return new Main(
        new Place(file, node.path("line").asInt()),
        need(node, "call"),
        need(node, "server"),
        text(node, "object"),
        port.isInt() ? port.asInt() : null,
        node.path("guarded").asBoolean(),
        node.path("more").asBoolean());
  }

  private static Django django(JsonNode node) {
    return new Django(
        new Place(need(node, "manage"), node.path("line").asInt()),
        need(node, "root"),
        need(node, "settings"),
        need(node, "manage_settings"),
        text(node, "settings_file"),
        text(node, "wsgi_file"),
        text(node, "asgi_file"),
        constant(node.path("allowed_hosts")),
        constant(node.path("debug")),
        constant(node.path("static_root")),
        constant(node.path("wsgi_application")),
        constant(node.path("asgi_application")),
        text(node, "migrations"),
        node.path("contrib").asBoolean(),
        node.path("static_app").asBoolean(),
        node.path("whitenoise").asBoolean(),
        node.path("finders").asBoolean(),
        node.path("static").isObject() ? folder(node.path("static")) : null);
  }

  private static StaticFolder folder(JsonNode node) {
    return new StaticFolder(
        need(node, "prefix"),
        need(node, "folder"),
        node.path("index").asBoolean(),
        place(node),
        need(node, "why"));
  }

  private static @Nullable Constant constant(JsonNode node) {
    return node.isObject() ? new Constant(value(node.path("value")), place(node)) : null;
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isTextual()) {
      return node.asText();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    if (node.isNumber()) {
      return node.isIntegralNumber() ? (Number) node.asLong() : (Number) node.asDouble();
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(each -> {
        Object inner = value(each);
        list.add(inner == null ? "" : inner);
      });
      return List.copyOf(list);
    }
    return null;
  }

  private static Place place(JsonNode node) {
    return new Place(need(node, "file"), node.path("line").asInt());
  }

  private static @Nullable String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    return value.isTextual() ? value.asText() : null;
  }

  private static String need(JsonNode node, String key) {
    String value = text(node, key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key + " in " + node.getNodeType());
    }
    return value;
  }
}
