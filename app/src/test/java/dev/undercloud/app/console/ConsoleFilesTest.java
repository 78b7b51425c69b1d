package dev.undercloud.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the console's files without a browser: nothing bundles or checks them else. */
class ConsoleFilesTest {
  private static final Path FOLDER = folder();

  /** What the listener serves: one folder deep, and only such names. */
  private static final Pattern SERVED =
      Pattern.compile("(?:[a-z0-9-]+/)?[a-z0-9-]+\\.(html|css|js|svg)");

  private static final Pattern IMPORT = Pattern.compile("(?:from|import) '([^']+)'");
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"#]+)\"");

  /** A reader holds a file of this length in mind. */
  private static final int MOST_LINES = 200;

  @Test
  void everyFileHasANameThatIsServed() {
    assertThat(files("")).isNotEmpty().allMatch(name -> SERVED.matcher(name).matches());
  }

  @Test
  void everyImportAndReferenceLeadsToAFile() {
    for (String module : files(".js")) {
      IMPORT
          .matcher(read(module))
          .results()
          .forEach(found ->
              assertThat(FOLDER.resolve(module).resolveSibling(found.group(1)).normalize())
                  .as("import in %s", module)
                  .isRegularFile());
    }
    REFERENCE
        .matcher(read("index.html"))
        .results()
        .forEach(found -> assertThat(FOLDER.resolve(found.group(1))).isRegularFile());
  }

  @Test
  void nothingParsesTextAsMarkupOrCode() {
    for (String module : files(".js")) {
      assertThat(read(module))
          .as(module)
          .doesNotContainPattern(
              "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function|"
                  + "setAttribute\\('style'|createContextualFragment|DOMParser");
    }
  }

  @Test
  void thePageKeepsTheContentPolicyAndAsksNobodyElse() {
    assertThat(read("index.html"))
        .doesNotContainPattern("<script(?![^>]* src=)|<style|\\son[a-z]+=|\\sstyle=");
    for (String name : files("")) {
      assertThat(read(name).replace("http://www.w3.org/2000/svg", ""))
          .as(name)
          .doesNotContainPattern("https?://|@import|url\\(");
    }
  }

  @Test
  void noFileIsLong() {
    assertThat(files("")).allMatch(name -> read(name).lines().count() <= MOST_LINES);
  }

  private static List<String> files(String ending) {
    try (Stream<Path> all = Files.walk(FOLDER)) {
      return all.filter(Files::isRegularFile)
          .map(file -> FOLDER.relativize(file).toString())
          .filter(name -> name.endsWith(ending))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(String name) {
    try {
      return Files.readString(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder() {
    try {
      URL index = Objects.requireNonNull(ConsoleFilesTest.class.getResource("/console/index.html"));
      return Objects.requireNonNull(Path.of(index.toURI()).getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
