package dev.undercloud.edge.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathFormsTest {
  private final PathForms paths = new PathForms(16 << 10);

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "/ /",
        "/a/b /a/b",
        "/a/b/ /a/b/",
        "/a//b /a/b",
        "//a /a",
        "/a/./b /a/b",
        "/a/. /a/",
        "/./a /a",
        "/a/../b /b",
        "/a/b/.. /a/",
        "/a/.. /",
        "/a/../ /",
        "/a/b/../../c /c",
        "/... /...",
        "/a/..b /a/..b",
        "/a/b.. /a/b..",
        "/.a /.a",
        "/%61 /a",
        "/%41%6a /Aj",
        "/a%2fb /a/b",
        "/a%2Fb /a/b",
        "/a%5cb /a/b",
        "/a\\b /a/b",
        "/a\\..\\b /b",
        "/a/%2e%2e/b /b",
        "/a/%2E%2e/b /b",
        "/a/.%2e/b /b",
        "/a/%2e/b /a/b",
        "/a%2f%2e%2e%2fb /b",
        "/a%2f..%5cb /b",
        "/a;x=1/b /a/b",
        "/a;x=1;y/b;z /a/b",
        "/a/..;/b /b",
        "/a/..;x=y/b /b",
        "/a/.;/b /a/b",
        "/a/%2e%2e;/b /b",
        "/a/..%3bx/b /b",
        "/;x/a /a",
        "/a;%2f..%2fb /b",
        "/a/%252e%252e/b /a/%2e%2e/b",
        "/%c3%a9 /Ã©",
        "/a%20b '/a b'",
        "/a%0d%0ab '/a\r\nb'",
      })
  void plainForm(String path, String expected) {
    assertThat(read(path)).isNull();
    assertThat(text(PathForms.PLAIN)).isEqualTo(expected);
    assertThat(text(PathForms.RAW)).isEqualTo(path);
    assertThat(paths.odd()).isEqualTo(!path.equals(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "/%, ESCAPE",
    "/%4, ESCAPE",
    "/%4g, ESCAPE",
    "/%g4, ESCAPE",
    "/%%34, ESCAPE",
    "/a;%zz, ESCAPE",
    "/%00, NUL",
    "/a%00.html, NUL",
    "/a;%00, NUL",
    "/.., CLIMBS",
    "/../a, CLIMBS",
    "/a/../../b, CLIMBS",
    "/%2e%2e/a, CLIMBS",
    "/..%2fa, CLIMBS",
    "/..\\a, CLIMBS",
    "/..;/a, CLIMBS",
    "/a//../../b, CLIMBS",
    "/./../a, CLIMBS",
    "/%c0%ae%c0%ae/a, OVERLONG",
    "/%c0%af, OVERLONG",
    "/%c1%9c, OVERLONG",
    "/%e0%80%af, OVERLONG",
    "/%f0%80%80%af, OVERLONG",
  })
  void refused(String path, PathForms.Fault fault) {
    assertThat(read(path)).isEqualTo(fault);
  }

  @Test
  void theDecodedFormKeepsItsDots() {
    read("/%61dmin//..;x/b");
    assertThat(text(PathForms.DECODED)).isEqualTo("/admin/../b");
    assertThat(text(PathForms.PLAIN)).isEqualTo("/b");
  }

  /**
   * Whatever comes in, what comes out has nothing left to do, and doing it again changes nothing.
   */
  @Test
  void plainIsPlain() {
    long seed = new java.security.SecureRandom().nextLong();
    Random random = new Random(seed);
    String[] parts = {"/", "a", "..", ".", "%2e", "%2f", ";", "\\", "%5c", "%25", "b", "//", "%3b"};
    for (int n = 0; n < 20_000; n++) {
      StringBuilder path = new StringBuilder("/");
      for (int i = random.nextInt(8); i > 0; i--) {
        path.append(parts[random.nextInt(parts.length)]);
      }
      if (read(path.toString()) != null) {
        continue;
      }
      String plain = text(PathForms.PLAIN);
      assertThat(plain)
          .as("seed %d: %s", seed, path)
          .startsWith("/")
          .doesNotContain("//", "\\", ";", "/./", "/../")
          .doesNotEndWith("/.")
          .doesNotEndWith("/..");
    }
  }

  private PathForms.Fault read(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
    return paths.read(bytes, 0, bytes.length);
  }

  private String text(int form) {
    return new String(
        paths.bytes(form), paths.at(form), paths.length(form), StandardCharsets.ISO_8859_1);
  }
}
