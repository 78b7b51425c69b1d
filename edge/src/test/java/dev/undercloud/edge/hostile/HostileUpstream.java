package dev.undercloud.edge.hostile;

import dev.undercloud.edge.http1.HostileResponse;
import dev.undercloud.edge.http1.WireText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of upstreams.txt.
 *
 * @param fate 502, CUT, or status and body
 * @param kept whether the connection may serve another request
 * @param ends whether the replica ends the connection behind its bytes
 * @param headAlone whether it is a head that the codec's own tests cut everywhere
 */
public record HostileUpstream(
    String fate,
    boolean kept,
    String name,
    String method,
    byte[] bytes,
    boolean ends,
    boolean headAlone) {
  private static final String POISON = "{ok}Content-Length: 6\\r\\nX-Poison: yes\\r\\n\\r\\npoison";

  /** Those of the table, and every response head that makes no sense. */
  static List<HostileUpstream> all() {
    List<HostileUpstream> all = new ArrayList<>();
    try (InputStream in = HostileUpstream.class.getResourceAsStream("/hostile/upstreams.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(HostileUpstream::of)
          .forEach(all::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (HostileResponse head : HostileResponse.all()) {
      all.add(new HostileUpstream("502", false, head.toString(), "GET", head.bytes(), false, true));
    }
    return all;
  }

  private static HostileUpstream of(String line) {
    String[] parts = line.split(" \\| ", 4);
    boolean kept = parts[0].startsWith("KEPT ");
    boolean ends = parts[3].endsWith("$");
    String bytes = parts[3].substring(0, parts[3].length() - (ends ? 1 : 0));
    return new HostileUpstream(
        kept ? parts[0].substring(5) : parts[0],
        kept,
        parts[1],
        parts[2],
        WireText.bytes(bytes.replace("{poison}", POISON)),
        ends,
        false);
  }

  @Override
  public String toString() {
    return name;
  }
}
