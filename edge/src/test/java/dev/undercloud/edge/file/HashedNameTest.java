package dev.undercloud.edge.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedNameTest {
  private static boolean hashed(String name) {
    byte[] bytes = ("x/" + name).getBytes(StandardCharsets.UTF_8);
    return HashedName.is(bytes, 2, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "base.27e20196a850.css",
        "admin.js.27e20196a850.gz.27e20196a850.js",
        "main.3f2a9c1b.js",
        "main.3f2a9c1b.js.map",
        "main.8e0d62a0edd3d6d3c1d5.chunk.js",
        "index-4a5b6c7d.js",
        "index-BsX3kd_9.js",
        "logo-D4kQz1-a.svg",
        "styles_0a1b2c3d4e5f60718293a4b5c6d7e8f9.css"
      })
  void isHashed(String name) {
    assertThat(hashed(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "style.css",
        "report-20240101.pdf",
        "jquery-3.7.1.min.js",
        "bootstrap.bundle.min.js",
        "icon-iPhone13.png",
        "notes-Version2.txt",
        "background-gradient.css",
        "27e20196a850.css",
        ".27e20196a850",
        "photo-deadbeef.png",
        "main.3f2a9c1.js",
        "27e20196a850",
        "a.",
        "."
      })
  void isNot(String name) {
    assertThat(hashed(name)).isFalse();
  }
}
