package dev.undercloud.edge.http1;

import java.util.List;

/** A line of hostile-responses.txt. */
public record HostileResponse(Reject reject, String name, byte[] bytes) {
  public static List<HostileResponse> all() {
    return WireText.cases("hostile-responses.txt").stream()
        .map(line -> line.split(" \\| ", 3))
        .map(part -> new HostileResponse(Reject.valueOf(part[0]), part[1], WireText.bytes(part[2])))
        .toList();
  }

  @Override
  public String toString() {
    return reject + ": " + name;
  }
}
