package dev.undercloud.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DurableFileTest {
  @TempDir Path folder;

  @Test
  void replacesWholeAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("a.json");
    DurableFile.write(file, "a long first content".getBytes(StandardCharsets.UTF_8));
    DurableFile.write(file, "second".getBytes(StandardCharsets.UTF_8));
    assertThat(file).hasContent("second");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
    DurableFile.delete(file);
    DurableFile.delete(file);
    assertThat(file).doesNotExist();
  }

  @Test
  void aFailureLeavesTheOldContent() throws IOException {
    Path file = folder.resolve("taken");
    Files.createDirectory(file);
    Files.writeString(file.resolve("inside"), "kept");
    assertThatThrownBy(() -> DurableFile.write(file, new byte[] {1}))
        .isInstanceOf(IOException.class);
    assertThat(file.resolve("inside")).hasContent("kept");
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
  }
}
