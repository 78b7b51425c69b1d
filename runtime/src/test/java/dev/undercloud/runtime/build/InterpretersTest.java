package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InterpretersTest {
  @TempDir Path root;
  final List<String> log = new ArrayList<>();
  final Map<String, String> environment = new HashMap<>(Map.of("HOME", "/nonexistent", "PATH", ""));
  Access access = Access.same();

  @Test
  void theFirstOnPathThatHasTheVersion() throws Exception {
    python("a/python3", "3.11.4");
    python("b/python3", "3.12.1");
    path("a", "b");
    assertThat(choose(Wanted.ANY)).isEqualTo("3.11.4");
    assertThat(choose(new Wanted("3.12", ""))).isEqualTo("3.12.1");
    assertThat(choose(new Wanted(null, ">=3.12,<4"))).isEqualTo("3.12.1");
    assertThat(log).isEmpty();
    assertThat(choose(new Wanted("3.12.9", ""))).as("another patch will do").isEqualTo("3.12.1");
    assertThat(log).anyMatch(line -> line.contains("in place of 3.12.9"));
  }

  @Test
  void aVersionThatIsNotThereIsRefusedWithThoseThatAre() throws Exception {
    python("a/python3", "3.11.4");
    path("a");
    assertThatThrownBy(() -> choose(new Wanted("3.1", "")))
        .as("3.1 is not a prefix of 3.11")
        .isInstanceOfSatisfying(
            CloudException.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo("python-version");
              assertThat(failed.problem().why()).contains("3.11.4");
            });
    assertThatThrownBy(() -> choose(new Wanted(null, "^3.13"))).hasMessageContaining("python3.13");
  }

  @Test
  void noPythonAtAll() {
    assertThatThrownBy(() -> choose(Wanted.ANY))
        .isInstanceOfSatisfying(
            CloudException.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo("no-python");
              assertThat(failed.problem().remedy())
                  .contains("apt-get install python3")
                  .contains("UNDERCLOUD_PYTHON");
            });
  }

  @Test
  void python2AndWhatDoesNotRunAreNotChosen() throws Exception {
    python("a/python", "2.7.18");
    script("a/python3", "exit 1");
    script("b/python3", "echo this is no Python");
    python("c/python3", "3.10.2");
    path("a", "b", "c");
    assertThat(choose(Wanted.ANY)).isEqualTo("3.10.2");
  }

  @Test
  void oneThatReplicasCanReachComesFirst() throws Exception {
    Path hidden = python("a/python3", "3.12.1");
    python("b/python3", "3.11.4");
    path("a", "b");
    access = file -> !file.startsWith(hidden.getParent());
    assertThat(choose(Wanted.ANY)).isEqualTo("3.11.4");
    assertThat(choose(new Wanted("3.12", ""))).as("better that than none").isEqualTo("3.12.1");
    assertThat(log)
        .anyMatch(
            line -> line.contains(hidden + " lies in a folder that only its owner may enter"));
  }

  @Test
  void theOneThatIsNamedIsTaken() throws Exception {
    Path named = python("x/mine", "3.9.1");
    python("a/python3", "3.12.1");
    path("a");
    environment.put("UNDERCLOUD_PYTHON", named.toString());
    assertThat(choose(new Wanted("3.12", ""))).isEqualTo("3.9.1");
    assertThat(log).anyMatch(line -> line.contains("the project asks for 3.12"));
    environment.put("UNDERCLOUD_PYTHON", "/nonexistent/python");
    assertThatThrownBy(() -> choose(Wanted.ANY))
        .hasMessageContaining("UNDERCLOUD_PYTHON names no Python");
  }

  @Test
  void pyenvsShimsArePassedOverForWhatTheyLeadTo() throws Exception {
    script("pyenv/shims/python3", "echo the shim ran >> " + root.resolve("shim-ran"));
    python("pyenv/versions/3.9.2/bin/python3", "3.9.2");
    python("pyenv/versions/3.12.0/bin/python3", "3.12.0");
    python("pyenv/versions/3.11.9/bin/python3", "3.11.9");
    Files.writeString(root.resolve("pyenv/version"), "3.11.9\n");
    path("pyenv/shims");
    assertThat(choose(Wanted.ANY)).as("pyenv's own choice").isEqualTo("3.11.9");
    assertThat(choose(new Wanted(null, "<3.10"))).isEqualTo("3.9.2");
    Files.delete(root.resolve("pyenv/version"));
    assertThat(choose(Wanted.ANY)).as("the newest").isEqualTo("3.12.0");
    assertThat(root.resolve("shim-ran")).doesNotExist();
  }

  @Test
  void whatWasFoundOutIsKeptUntilTheFileChanges() throws Exception {
    Path python = python("a/python3", "3.11.4");
    path("a");
    assertThat(choose(Wanted.ANY)).isEqualTo("3.11.4");
    assertThat(choose(Wanted.ANY)).isEqualTo("3.11.4");
    assertThat(root.resolve("ran-3.11.4")).as("run once").hasContent("ran");
    Files.delete(python);
    python("a/python3", "3.12.10");
    assertThat(choose(Wanted.ANY)).isEqualTo("3.12.10");
  }

  @Test
  void rangesAreReadAsPep440AndPoetryWriteThem() {
    assertThat(allows(">=3.8", "3.11.2")).isTrue();
    assertThat(allows(">3.11.1, <3.12", "3.11.2")).isTrue();
    assertThat(allows("<3.11", "3.11.2")).isFalse();
    assertThat(allows("~=3.10", "3.11.2")).isTrue();
    assertThat(allows("~=3.10.1", "3.11.2")).isFalse();
    assertThat(allows("==3.11.*", "3.11.2")).isTrue();
    assertThat(allows("!=3.11.*", "3.11.2")).isFalse();
    assertThat(allows("^3.9", "3.11.2")).isTrue();
    assertThat(allows("~3.9", "3.11.2")).isFalse();
    assertThat(allows("<3.9 || >=3.11", "3.11.2")).isTrue();
    assertThat(allows("something new", "3.11.2")).isTrue();
  }

  private static boolean allows(String range, String version) {
    Path path = Path.of("/x");
    return new Wanted(null, range).fits(new Interpreter(path, version, "", path, null, true, true));
  }

  private String choose(Wanted wanted) {
    InterpreterProbe probe = new InterpreterProbe(root.resolve("interpreters.json"), environment);
    return new Interpreters(environment, probe, access, List.of())
        .choose(wanted, log::add)
        .version();
  }

  private void path(String... folders) {
    environment.put(
        "PATH",
        String.join(":", List.of(folders).stream().map(f -> root.resolve(f).toString()).toList())
            + ":/usr/bin/nothing");
  }

  /** Answers the probe's question as a Python of that version would. */
  private Path python(String name, String version) throws IOException {
    String answer = "{\"path\": \"%s\", \"version\": \"%s\", \"library\": \"%s\", \"venv\": true}";
    return script(
        name,
        "printf ran >> %s\necho '%s'"
            .formatted(
                root.resolve("ran-" + version),
                answer.formatted(root.resolve(name), version, root.resolve(name).getParent())));
  }

  private Path script(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Trees.setMode(file, "rwxr-xr-x");
    return file;
  }
}
