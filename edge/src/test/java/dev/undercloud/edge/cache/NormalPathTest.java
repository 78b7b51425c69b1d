package dev.undercloud.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 3986, 6.2.2: what is the same, and nothing else. */
class NormalPathTest {
  @ParameterizedTest
  @CsvSource({
    "/,/",
    "/a?%7e=%7e,/a?%7e=%7e",
    "/%7e,/~",
    "/%41%7A%30%2d%5F,/Az0-_",
    "/%c3%a9,/%C3%A9",
    "/a%2eb%2E,/a.b.",
    "/%2e,/%2E",
    "/%2e%2e/a,/%2E%2E/a",
    "/.%2e/a,/.%2E/a",
    "/%2e./a,/%2E./a",
    "/a/%2e%2e;b/..%2ec,/a/%2E%2E;b/..%2Ec",
    "/.a%2e,/.a.",
    "/%2f%5c%3b%3f%23%25,/%2F%5C%3B%3F%23%25",
    "/%257e,/%257e",
    "/%252e%252e,/%252e%252e",
    "/a%7?e,/a%7?e",
    "/a%7,/a%7",
    "/a%,/a%",
    "/%zz%7e,/%zz%7e",
    "/%%37e,/%%37e",
    "/%%33F,/%%33F",
    "/%u007e,/%u007e",
  })
  void makes(String path, String normal) {
    assertThat(NormalPath.normalise(path)).isEqualTo(normal);
  }

  /** Two paths have one form only if they are the same once all escapes are decoded. */
  @Test
  void joinsNothingThatDiffersWhenDecoded() {
    long seed = 20_260_101;
    Random random = new Random(seed);
    String[] parts = {
      "/", "a", "~", ".", "..", "%", "2", "e", "E", "7", "%2e", "%2E", "%7e", "%61", "%41", "A",
      "%25", "%2f", "%2F", ";", "%3b", "\\", "%5c", "?", "%3f", "%c3", "%C3"
    };
    Map<String, String> decodedOf = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      StringBuilder path = new StringBuilder("/");
      for (int n = random.nextInt(5); n >= 0; n--) {
        path.append(parts[random.nextInt(parts.length)]);
      }
      String normal = NormalPath.normalise(path.toString());
      String decoded = decoded(path.toString());
      assertThat(decodedOf.computeIfAbsent(normal, n -> decoded))
          .as("%s of %s, seed %d", normal, path, seed)
          .isEqualTo(decoded);
      assertThat(NormalPath.normalise(normal)).as("%s, seed %d", path, seed).isEqualTo(normal);
    }
  }

  /** Marks what was escaped and reserved, so that it is not taken for the character itself. */
  private static String decoded(String path) {
    int query = path.indexOf('?');
    String rest = query < 0 ? "" : path.substring(query);
    String bare = query < 0 ? path : path.substring(0, query);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      if (c == '%'
          && bare.length() > i + 2
          && bare.substring(i + 1, i + 3).matches("[0-9a-fA-F]+")) {
        char value = (char) Integer.parseInt(bare.substring(i + 1, i + 3), 16);
        boolean plain = String.valueOf(value).matches("[A-Za-z0-9._~-]");
        out.append(plain ? "" + value : "<" + (int) value + ">");
        i += 2;
      } else {
        out.append(c);
      }
    }
    return out + rest;
  }
}
