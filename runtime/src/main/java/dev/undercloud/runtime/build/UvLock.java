package dev.undercloud.runtime.build;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** uv's lock as requirements: what the project itself needs, without its development groups. */
final class UvLock {
  private UvLock() {}

  static String requirements(String text) {
    TomlTable lock = Pyproject.toml("uv.lock", text);
    LockGraph graph = new LockGraph();
    List<LockGraph.Edge> roots = new ArrayList<>();
    for (TomlTable item : tables(lock.getArray("package"))) {
      Map<String, List<LockGraph.Edge>> edges = new HashMap<>();
      edges.put("", edges(item.getArray("dependencies")));
      TomlTable optional = item.getTable("optional-dependencies");
      if (optional != null) {
        optional
            .keySet()
            .forEach(extra ->
                edges.put(LockGraph.normal(extra), edges(optional.getArray(List.of(extra)))));
      }
      if (isProject(item)) {
        roots.addAll(edges.getOrDefault("", List.of()));
      } else {
        graph.add(node(item, edges));
      }
    }
    return graph.requirements(roots);
  }

  private static boolean isProject(TomlTable item) {
    TomlTable source = item.getTable("source");
    return source != null
        && (".".equals(source.get("virtual")) || ".".equals(source.get("editable")));
  }

  private static LockGraph.Node node(TomlTable item, Map<String, List<LockGraph.Edge>> edges) {
    String name = string(item, "name", "");
    String version = string(item, "version", "");
    List<String> hashes = new ArrayList<>();
    tables(item.getArray("wheels")).forEach(wheel -> hash(wheel, hashes));
    TomlTable sdist = item.getTable("sdist");
    if (sdist != null) {
      hash(sdist, hashes);
    }
    return new LockGraph.Node(name, version, install(item, name, version), hashes, edges);
  }

  private static String install(TomlTable item, String name, String version) {
    TomlTable source = item.getTable("source");
    if (source != null) {
      if (source.get("git") instanceof String git) {
        // https://host/repository?rev=main#commit
        String url = git.replaceFirst("[?#].*", "");
        int commit = git.lastIndexOf('#');
        return name + " @ git+" + url + (commit < 0 ? "" : "@" + git.substring(commit + 1));
      }
      if (source.get("url") instanceof String url) {
        return name + " @ " + url;
      }
      for (String key : List.of("editable", "directory", "virtual", "path")) {
        if (source.get(key) instanceof String path) {
          return path.startsWith(".") || path.startsWith("/") ? path : "./" + path;
        }
      }
    }
    return name + "==" + version;
  }

  private static void hash(TomlTable file, List<String> hashes) {
    if (file.get("hash") instanceof String hash) {
      hashes.add(hash);
    }
  }

  private static List<LockGraph.Edge> edges(@Nullable TomlArray array) {
    List<LockGraph.Edge> edges = new ArrayList<>();
    for (TomlTable item : tables(array)) {
      TomlArray extras = item.getArray("extra");
      edges.add(
          new LockGraph.Edge(
              string(item, "name", ""),
              item.get("version") instanceof String version ? version : null,
              item.get("marker") instanceof String marker ? marker : null,
              extras == null ? List.of() : Pyproject.strings(extras)));
    }
    return edges;
  }

  static List<TomlTable> tables(@Nullable TomlArray array) {
    List<TomlTable> tables = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      if (array.get(i) instanceof TomlTable table) {
        tables.add(table);
      }
    }
    return tables;
  }

  static String string(TomlTable table, String key, String otherwise) {
    return table.get(List.of(key)) instanceof String text ? text : otherwise;
  }
}
