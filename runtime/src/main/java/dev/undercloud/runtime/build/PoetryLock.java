package dev.undercloud.runtime.build;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Poetry's lock (formats 1.1 to 2.1) as requirements: the main group, without extras. */
final class PoetryLock {
  private static final Pattern EXTRA = Pattern.compile("extra\\s*==\\s*[\"']([^\"']+)[\"']");

  /** A marker that always holds, in the place of the extra that was asked for. */
  private static final String ALWAYS = "python_version >= \"3\"";

  private PoetryLock() {}

  static String requirements(String text, Pyproject project) {
    TomlTable lock = Pyproject.toml("poetry.lock", text);
    List<TomlTable> items = UvLock.tables(lock.getArray("package"));
    LockGraph graph = new LockGraph();
    List<LockGraph.Edge> roots = new ArrayList<>();
    boolean grouped = items.stream().anyMatch(item -> item.contains("groups"));
    for (TomlTable item : items) {
      graph.add(node(item, lock, grouped ? Map.of() : edges(item)));
      TomlArray groups = item.getArray("groups");
      if (groups != null && Pyproject.strings(groups).contains("main") && !optional(item)) {
        String name = UvLock.string(item, "name", "");
        roots.add(
            new LockGraph.Edge(name, UvLock.string(item, "version", ""), marker(item), List.of()));
      }
    }
    return graph.requirements(grouped ? roots : stated(project));
  }

  /** What the project asks for, in its own file: the older formats do not repeat it. */
  private static List<LockGraph.Edge> stated(Pyproject project) {
    TomlTable poetry = project.table("tool.poetry.dependencies");
    List<LockGraph.Edge> roots = new ArrayList<>();
    for (String name : poetry.keySet()) {
      Object value = poetry.get(List.of(name));
      if (!name.equals("python") && !(value instanceof TomlTable t && optional(t))) {
        roots.addAll(edge(name, value, new HashMap<>()));
      }
    }
    TomlArray standard = project.table("project").getArray("dependencies");
    for (String requirement : standard == null ? List.<String>of() : Pyproject.strings(standard)) {
      Matcher name = Pattern.compile("[\\w.-]+").matcher(requirement);
      if (name.lookingAt()) {
        Matcher extras = Pattern.compile("\\[([^]]*)]").matcher(requirement);
        List<String> wanted =
            extras.find() ? List.of(extras.group(1).split("\\s*,\\s*")) : List.of();
        roots.add(new LockGraph.Edge(name.group(), null, null, wanted));
      }
    }
    return roots;
  }

  private static boolean optional(TomlTable table) {
    return Boolean.TRUE.equals(table.get("optional"));
  }

  /** One marker, or one a group since format 2.1. */
  private static @Nullable String marker(TomlTable item) {
    Object marker = item.get("markers");
    if (marker instanceof TomlTable groups) {
      marker = groups.get("main");
    }
    return marker instanceof String text ? text : null;
  }

  private static LockGraph.Node node(
      TomlTable item, TomlTable lock, Map<String, List<LockGraph.Edge>> edges) {
    String name = UvLock.string(item, "name", "");
    String version = UvLock.string(item, "version", "");
    TomlArray files = item.getArray("files");
    // Format 1.1 keeps the hashes of all packages in one table at the end.
    TomlTable old = lock.getTable("metadata.files");
    if (files == null && old != null) {
      files = old.getArray(List.of(name));
    }
    List<String> hashes = new ArrayList<>();
    UvLock.tables(files)
        .forEach(file -> {
          String hash = UvLock.string(file, "hash", "");
          if (!hash.isEmpty()) {
            hashes.add(hash);
          }
        });
    TomlTable source = item.getTable("source");
    return source == null || UvLock.string(source, "type", "").equals("legacy")
        ? new LockGraph.Node(name, version, name + "==" + version, hashes, edges)
        : new LockGraph.Node(name, version, install(name, source), List.of(), edges);
  }

  private static String install(String name, TomlTable source) {
    String url = UvLock.string(source, "url", "");
    return switch (UvLock.string(source, "type", "")) {
      case "git" ->
          name + " @ git+" + url + "@" + UvLock.string(source, "resolved_reference", "HEAD");
      case "directory", "file" -> url.startsWith(".") || url.startsWith("/") ? url : "./" + url;
      default -> name + " @ " + url;
    };
  }

  /** The dependencies of a package, by the extra that asks for them. */
  private static Map<String, List<LockGraph.Edge>> edges(TomlTable item) {
    Map<String, List<LockGraph.Edge>> edges = new HashMap<>();
    TomlTable dependencies = item.getTable("dependencies");
    if (dependencies != null) {
      dependencies
          .keySet()
          .forEach(name ->
              edge(name, dependencies.get(List.of(name)), edges)
                  .forEach(
                      always -> edges.computeIfAbsent("", none -> new ArrayList<>()).add(always)));
    }
    return edges;
  }

  /** The edges that {@code value} means always; those for an extra go to {@code optional}. */
  private static List<LockGraph.Edge> edge(
      String name, @Nullable Object value, Map<String, List<LockGraph.Edge>> optional) {
    if (value instanceof TomlArray alternatives) {
      List<LockGraph.Edge> all = new ArrayList<>();
      UvLock.tables(alternatives).forEach(one -> all.addAll(edge(name, one, optional)));
      return all;
    }
    if (!(value instanceof TomlTable table)) {
      return List.of(new LockGraph.Edge(name, null, null, List.of()));
    }
    TomlArray extras = table.getArray("extras");
    List<String> wanted = extras == null ? List.of() : Pyproject.strings(extras);
    String marker = table.get("markers") instanceof String text ? text : null;
    Matcher extra = EXTRA.matcher(marker == null ? "" : marker);
    if (!extra.find()) {
      return optional(table) ? List.of() : List.of(new LockGraph.Edge(name, null, marker, wanted));
    }
    String asked = LockGraph.normal(extra.group(1));
    String rest = extra.replaceAll(Matcher.quoteReplacement(ALWAYS));
    optional
        .computeIfAbsent(asked, none -> new ArrayList<>())
        .add(new LockGraph.Edge(name, null, rest, wanted));
    return List.of();
  }
}
