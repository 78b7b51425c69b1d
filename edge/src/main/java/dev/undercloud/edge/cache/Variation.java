package dev.undercloud.edge.cache;

import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.Octets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request fields that a response was chosen by (RFC 9111, 4.1), in the form in which they are
 * compared: lines joined, blanks around commas unified, and where a field is a list of names
 * without case or order, those unified too. The order of languages stays: many servers take it for
 * a preference.
 */
public final class Variation {
  private static final Set<String> CASELESS =
      Set.of("accept", "accept-charset", "accept-encoding", "accept-language");
  private static final Set<String> ORDERLESS = Set.of("accept-encoding", "accept-charset");

  /** The key has them already, or the edge derives them from what the key has. */
  private static final Set<String> KEYED =
      Set.of("host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port");

  /** Of a response that varies by nothing. */
  static final Variation NONE = new Variation(new String[0], new String[0]);

  final String[] names;

  /** Null where the request had no such field. */
  final @Nullable String[] values;

  private final byte[][] lower;

  Variation(String[] names, @Nullable String[] values) {
    this.names = names;
    this.values = values;
    lower = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      lower[i] = names[i].getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** That of a request, by the names that its response has in Vary. */
  static Variation of(Set<String> vary, FieldSection fields, byte[] in) {
    if (vary.isEmpty()) {
      return NONE;
    }
    List<String> names = new ArrayList<>();
    for (String name : vary) {
      if (!KEYED.contains(name)) {
        names.add(name);
      }
    }
    String[] all = names.toArray(String[]::new);
    @Nullable String[] values = new @Nullable String[all.length];
    for (int i = 0; i < all.length; i++) {
      values[i] = value(all[i], all[i].getBytes(StandardCharsets.ISO_8859_1), fields, in);
    }
    return new Variation(all, values);
  }

  /** Whether a request with these fields gets what varies so. */
  boolean matches(FieldSection fields, byte[] in) {
    return matchesBut("", fields, in);
  }

  /** The same whatever the field of that name says. */
  boolean matchesBut(String but, FieldSection fields, byte[] in) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(but)) {
        continue;
      }
      String own = values[i];
      String other = value(names[i], lower[i], fields, in);
      if (own == null ? other != null : !own.equals(other)) {
        return false;
      }
    }
    return true;
  }

  /** Whether both say the same of the same names. */
  boolean isSame(Variation other) {
    return java.util.Arrays.equals(names, other.names)
        && java.util.Arrays.equals(values, other.values);
  }

  private static @Nullable String value(String name, byte[] lower, FieldSection fields, byte[] in) {
    List<String> members = null;
    for (int f = 0; f < fields.count; f++) {
      int at = fields.start[f];
      if (Octets.equal(in, at, fields.nameEnd[f] - at, lower)) {
        members = members == null ? new ArrayList<>(4) : members;
        for (String member : Facts.text(in, fields.value[f], fields.valueEnd[f]).split(",", -1)) {
          if (!member.isBlank()) {
            String each = member.strip();
            members.add(CASELESS.contains(name) ? each.toLowerCase(Locale.ROOT) : each);
          }
        }
      }
    }
    if (members == null) {
      return null;
    }
    if (ORDERLESS.contains(name)) {
      Collections.sort(members);
    }
    return String.join(", ", members);
  }

  int weight() {
    int weight = 0;
    for (int i = 0; i < names.length; i++) {
      String value = values[i];
      weight += names[i].length() + (value == null ? 0 : value.length());
    }
    return weight;
  }
}
