package dev.undercloud.runtime.build;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The packages of a lock file and what leads to each. Walks from what the project asks for, so that
 * development and optional packages stay out, and writes what it reaches as pinned requirements;
 * the environment markers on the ways to a package become the marker of its requirement.
 */
final class LockGraph {
  /**
   * @param version null where the lock holds only one
   * @param marker a PEP 508 marker; null for always
   * @param extras of the package it leads to
   */
  record Edge(
      String name, @Nullable String version, @Nullable String marker, List<String> extras) {}

  /**
   * @param install what a requirement says to get exactly this one
   * @param edges by the extra that asks for them; {@code ""} for always
   */
  record Node(
      String name,
      String version,
      String install,
      List<String> hashes,
      Map<String, List<Edge>> edges) {}

  private final Map<String, List<Node>> nodes = new HashMap<>();

  /** Node and extra, to the alternative sets of markers under which it is reached. */
  private final Map<Node, Map<String, Set<Set<String>>>> reached = new HashMap<>();

  void add(Node node) {
    nodes.computeIfAbsent(normal(node.name), name -> new ArrayList<>()).add(node);
  }

  /** PEP 503: one spelling for each name. */
  static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
  }

  /** Requirements of all that {@code roots} lead to, sorted, a line each. */
  String requirements(List<Edge> roots) {
    roots.forEach(edge -> follow(edge, Set.of()));
    Map<String, Node> sorted = new TreeMap<>();
    reached.keySet().forEach(node -> sorted.put(normal(node.name) + " " + node.version, node));
    boolean hashed = sorted.values().stream().noneMatch(node -> node.hashes.isEmpty());
    return sorted.values().stream()
        .map(node -> line(node, hashed))
        .collect(Collectors.joining("\n"));
  }

  private void follow(Edge edge, Set<String> condition) {
    Set<String> markers = condition;
    if (edge.marker != null && !edge.marker.isBlank()) {
      markers = new TreeSet<>(condition);
      markers.add(edge.marker);
    }
    for (Node node : nodes.getOrDefault(normal(edge.name), List.of())) {
      if (edge.version == null || edge.version.equals(node.version)) {
        visit(node, "", markers);
        for (String extra : edge.extras) {
          visit(node, normal(extra), markers);
        }
      }
    }
  }

  private void visit(Node node, String extra, Set<String> markers) {
    Set<Set<String>> known =
        reached
            .computeIfAbsent(node, n -> new HashMap<>())
            .computeIfAbsent(extra, e -> new HashSet<>());
    if (known.stream().anyMatch(markers::containsAll)) {
      return;
    }
    known.removeIf(more -> more.containsAll(markers));
    known.add(Set.copyOf(markers));
    node.edges.getOrDefault(extra, List.of()).forEach(edge -> follow(edge, markers));
  }

  private String line(Node node, boolean hashed) {
    StringBuilder out = new StringBuilder(node.install);
    Set<Set<String>> ways = reached.getOrDefault(node, Map.of()).getOrDefault("", Set.of());
    if (ways.stream().noneMatch(Set::isEmpty) && !ways.isEmpty()) {
      String marker =
          ways.stream()
              .map(way ->
                  way.stream()
                      .sorted()
                      .map(m -> "(" + m + ")")
                      .collect(Collectors.joining(" and ")))
              .sorted()
              .collect(Collectors.joining(" or "));
      out.append(" ; ").append(marker);
    }
    if (hashed) {
      node.hashes.forEach(hash -> out.append(" --hash=").append(hash));
    }
    return out.toString();
  }
}
