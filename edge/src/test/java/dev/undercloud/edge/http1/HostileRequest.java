package dev.undercloud.edge.http1;

import java.util.List;

/** A line of hostile-requests.txt. */
public record HostileRequest(Reject reject, String name, byte[] bytes) {
  public static List<HostileRequest> all() {
    return WireText.cases("hostile-requests.txt").stream().map(HostileRequest::of).toList();
  }

  private static HostileRequest of(String line) {
    String[] parts = line.split(" \\| ", 3);
    return new HostileRequest(Reject.valueOf(parts[0]), parts[1], WireText.bytes(parts[2]));
  }

  @Override
  public String toString() {
    return reject + ": " + name;
  }
}
