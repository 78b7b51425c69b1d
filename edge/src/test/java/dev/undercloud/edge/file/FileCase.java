package dev.undercloud.edge.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Files;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of one folder of files, with a responder that is asked without a socket. */
abstract class FileCase {
  static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

  @TempDir Path folder;
  Files rule;
  final Asked asked = new Asked();

  @BeforeEach
  void makeFiles() throws IOException {
    rule = new Files(folder, "/s/");
    write("a.txt", ALPHABET);
  }

  @AfterEach
  void close() {
    asked.close();
    assertThat(asked.files.descriptors()).isZero();
    assertThat(asked.files.gzippedBytes()).isZero();
  }

  Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    java.nio.file.Files.createDirectories(file.getParent());
    return java.nio.file.Files.writeString(file, content);
  }

  static String css() {
    StringBuilder css = new StringBuilder();
    for (int i = 0; i < 4000; i++) {
      css.append(".rule-").append(i).append(" { margin: ").append(i).append("px }\n");
    }
    return css.toString();
  }
}
