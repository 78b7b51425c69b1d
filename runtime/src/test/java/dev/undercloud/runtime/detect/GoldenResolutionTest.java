package dev.undercloud.runtime.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.config.Resolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small projects and what they add up to. {@code -Dtest.jvm=-Dgolden.rewrite=true} writes the
 * expectations anew, to be read before they are committed.
 */
class GoldenResolutionTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  // The system's Python first: a version manager's shim costs a shell each time.
  private final Resolver resolver =
      new Resolver(new ChildScanner("/usr/bin:" + System.getenv("PATH")));

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Timeout(60)
  void resolves(Path golden, @TempDir Path temporary) throws IOException {
    GoldenCase project = GoldenCase.read(golden);
    Path directory = Files.createDirectory(temporary.resolve("shop"));
    project.make(directory);
    String actual =
        GoldenCase.resolve(resolver, directory)
            .replaceAll("(by Python|python3 here is) 3[.0-9]*", "$1 3");
    if (Boolean.getBoolean("golden.rewrite")) {
      project.write(golden, actual);
      return;
    }
    assertThat(actual).as(golden.toString()).isEqualTo(project.expected());
  }
}
