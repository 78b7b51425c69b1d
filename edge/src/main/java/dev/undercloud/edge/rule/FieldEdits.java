package dev.undercloud.edge.rule;

import dev.undercloud.core.policy.Fields;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.RequestEdits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Header fields that a route sets and removes, as bytes. Setting replaces what was there. */
public final class FieldEdits {
  private record Field(byte[] name, byte[] value) {}

  /**
   * What the edge's own answers say of themselves: a route that lets its pages be stored for a day
   * does not mean a 502.
   */
  private static final Set<String> OWN =
      Set.of(
          "cache-control",
          "cdn-cache-control",
          "content-security-policy",
          "etag",
          "expires",
          "last-modified",
          "location",
          "retry-after",
          "surrogate-control",
          "www-authenticate",
          "x-content-type-options");

  private static final String OF_CONTENT = "content-";

  private final byte[] requestLines;
  private final byte[][] requestRemoved;
  private final List<Field> response = new ArrayList<>();
  private final byte[][] responseRemoved;
  private final List<String> ownAnswers;

  /** Whether Strict-Transport-Security has a value of the route's own. */
  public final boolean setsHsts;

  FieldEdits(Fields fields) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(fields.setInRequest())
        .forEach((name, value) -> lines.append(name + ": " + value + "\r\n"));
    requestLines = Route.latin(lines.toString());
    requestRemoved = names(fields.removeFromRequest(), fields.setInRequest());
    new TreeMap<>(fields.setInResponse())
        .forEach((name, value) -> response.add(new Field(Route.ascii(name), Route.latin(value))));
    responseRemoved = names(fields.removeFromResponse(), fields.setInResponse());
    setsHsts =
        fields.setInResponse().keySet().stream()
            .anyMatch("strict-transport-security"::equalsIgnoreCase);
    ownAnswers =
        new TreeMap<>(fields.setInResponse())
            .entrySet().stream()
                .filter(each -> !isOwn(each.getKey().toLowerCase(Locale.ROOT)))
                .map(each -> each.getKey() + ": " + each.getValue())
                .toList();
    if (requestLines.length > RequestEdits.MOST_LINES) {
      throw new IllegalArgumentException("a route sets too many fields");
    }
  }

  private static boolean isOwn(String name) {
    return OWN.contains(name) || name.startsWith(OF_CONTENT);
  }

  private static byte[][] names(Set<String> removed, Map<String, String> set) {
    List<byte[]> all = new ArrayList<>();
    removed.forEach(name -> all.add(Route.ascii(name)));
    set.keySet().forEach(name -> all.add(Route.ascii(name.toLowerCase(Locale.ROOT))));
    return all.toArray(byte[][]::new);
  }

  public void request(RequestEdits edits) {
    if (requestLines.length > 0 || requestRemoved.length > 0) {
      edits.fields(requestLines, requestRemoved);
    }
  }

  public void response(Edits edits) {
    for (byte[] name : responseRemoved) {
      edits.remove(name);
    }
    for (int i = 0; i < response.size(); i++) {
      Field field = response.get(i);
      edits.add(field.name(), field.value(), 0, field.value().length);
    }
  }

  /** The lines that answers of the edge itself get. */
  public List<String> onOwnAnswers() {
    return ownAnswers;
  }

  public boolean changesResponses() {
    return !response.isEmpty() || responseRemoved.length > 0;
  }
}
