package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
  @TempDir Path root;

  @Test
  void everyFolderOnTheWayAndBehindEveryLinkMustLetOthersPass() throws Exception {
    Trees.setMode(root, "rwxr-xr-x");
    Path open = Files.createDirectories(root.resolve("open/bin"));
    Path closed = Files.createDirectories(root.resolve("closed/bin"));
    Trees.setMode(root.resolve("closed"), "rwx------");
    Path reachable = Files.writeString(open.resolve("python"), "");
    Path hidden = Files.writeString(closed.resolve("python"), "");
    Trees.setMode(reachable, "rwxr-xr-x");
    Trees.setMode(hidden, "rwxr-xr-x");
    Files.createSymbolicLink(open.resolve("relative"), Path.of("../bin/python"));
    Files.createSymbolicLink(open.resolve("leads-in"), Path.of("../../closed/bin/python"));
    Files.createSymbolicLink(open.resolve("absolute"), hidden);
    Files.createSymbolicLink(open.resolve("loop"), Path.of("loop"));
    Access others = Access.others();
    assertThat(others.reaches(reachable)).isTrue();
    assertThat(others.reaches(open.resolve("relative"))).isTrue();
    assertThat(others.reaches(hidden)).isFalse();
    assertThat(others.reaches(open.resolve("leads-in"))).isFalse();
    assertThat(others.reaches(open.resolve("absolute"))).isFalse();
    assertThat(others.reaches(open.resolve("loop"))).isFalse();
    assertThat(others.reaches(open.resolve("absent"))).isFalse();
    Trees.setMode(reachable, "rwx------");
    assertThat(others.reaches(reachable)).isFalse();
    assertThat(Access.same().reaches(hidden)).isTrue();
  }
}
