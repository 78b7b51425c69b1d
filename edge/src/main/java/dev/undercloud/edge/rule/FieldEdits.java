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

  private final byte[] requestLines;
  private final byte[][] requestRemoved;
  private final List<Field> response = new ArrayList<>();
  private final byte[][] responseRemoved;

  FieldEdits(Fields fields) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(fields.setInRequest())
        .forEach((name, value) -> lines.append(name + ": " + value + "\r\n"));
    requestLines = Route.latin(lines.toString());
    requestRemoved = names(fields.removeFromRequest(), fields.setInRequest());
    new TreeMap<>(fields.setInResponse())
        .forEach((name, value) -> response.add(new Field(Route.ascii(name), Route.latin(value))));
    responseRemoved = names(fields.removeFromResponse(), fields.setInResponse());
    if (requestLines.length > RequestEdits.MOST_LINES) {
      throw new IllegalArgumentException("a route sets too many fields");
    }
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

  public boolean changesResponses() {
    return !response.isEmpty() || responseRemoved.length > 0;
  }
}
