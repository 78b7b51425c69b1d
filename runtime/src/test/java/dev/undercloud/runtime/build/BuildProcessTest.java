package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.driver.Confinement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BuildProcessTest {
  /** Leaves a grandchild that outlives its parent, and says who it is. */
  private static final String FAMILY =
      "sh -c 'echo $$ > %s; exec sleep 300' & sh -c 'echo started; exec sleep 300'";

  @TempDir Path root;
  final List<String> lines = new CopyOnWriteArrayList<>();

  @Test
  void linesComeInOrderAndTheExitCodeIsTheChilds() throws Exception {
    String script =
        "echo one; echo two >&2; printf 'progress 1\\rprogress 2\\n\\n'; printf unfinished; exit 7";
    assertThat(process(Duration.ofSeconds(30)).run(List.of("sh", "-c", script), root, lines::add))
        .isEqualTo(7);
    assertThat(lines).containsExactly("one", "two", "progress 1", "progress 2", "unfinished");
  }

  @Test
  void realWorkIsNiceAndItsMemoryIsCapped() throws Exception {
    List<String> ask = List.of("sh", "-c", "nice; ulimit -v");
    process(Duration.ofSeconds(30)).run(ask, root, lines::add);
    int ours = Integer.parseInt(lines.getFirst());
    lines.clear();
    new BuildProcess(System.getenv(), Duration.ofSeconds(30), Confinement.NONE)
        .run(ask, root, lines::add);
    String cap = Long.toString(BuildProcess.MOST_MEMORY / 1024);
    assertThat(lines).containsExactly(Integer.toString(Math.min(19, ours + 10)), cap);
  }

  @Test
  void whatItLeavesBehindEndsWithIt() throws Exception {
    List<String> ended = new CopyOnWriteArrayList<>();
    Confinement within =
        () -> new Confinement.Held(List.of("env", "WITHIN=yes"), () -> ended.add("ended"));
    new BuildProcess(System.getenv(), Duration.ofSeconds(30), within)
        .run(List.of("sh", "-c", "echo $WITHIN"), root, lines::add);
    assertThat(lines).containsExactly("yes");
    assertThat(ended).containsExactly("ended");
  }

  @Test
  void aChildThatReadsItsInputIsNotAnswered() throws Exception {
    assertThat(
            process(Duration.ofSeconds(30))
                .run(List.of("sh", "-c", "cat; echo end"), root, lines::add))
        .isZero();
    assertThat(lines).containsExactly("end");
  }

  @Test
  void beyondItsTimeTheWholeFamilyDies() throws Exception {
    Path pid = root.resolve("pid");
    assertThatThrownBy(() ->
            process(Duration.ofSeconds(2))
                .run(List.of("sh", "-c", FAMILY.formatted(pid)), root, lines::add))
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("still running after 2s");
    awaitEnd(pid);
  }

  @Test
  void anInterruptEndsTheWholeFamily() throws Exception {
    Path pid = root.resolve("pid");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread builder =
        Thread.ofVirtual()
            .start(() -> {
              try {
                process(Duration.ofMinutes(5))
                    .run(List.of("sh", "-c", FAMILY.formatted(pid)), root, lines::add);
                failure.complete(new AssertionError("it ended by itself"));
              } catch (Throwable failed) {
                failure.complete(failed);
              }
            });
    awaitStart(pid);
    builder.interrupt();
    assertThat(failure.get())
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("interrupted");
    awaitEnd(pid);
  }

  @Test
  void whenWeAreKilledTheWholeFamilyDiesToo() throws Exception {
    Path pid = root.resolve("pid");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                FAMILY.formatted(pid))
            .inheritIO()
            .start();
    awaitStart(pid);
    java.destroyForcibly().waitFor();
    awaitEnd(pid);
  }

  /** Runs its argument until it is killed. */
  static final class Main {
    public static void main(String[] arguments) throws Exception {
      new BuildProcess(System.getenv(), Duration.ofMinutes(5))
          .run(List.of("sh", "-c", arguments[0]), Path.of("/"), line -> {});
    }
  }

  private static BuildProcess process(Duration limit) {
    return new BuildProcess(System.getenv(), limit);
  }

  private static void awaitStart(Path pid) throws Exception {
    while (!Files.exists(pid) || Files.size(pid) == 0) {
      Thread.sleep(10);
    }
  }

  private static void awaitEnd(Path pid) throws Exception {
    awaitStart(pid);
    long id = Long.parseLong(Files.readString(pid).strip());
    while (ProcessHandle.of(id).filter(ProcessHandle::isAlive).isPresent()) {
      Thread.sleep(10);
    }
  }
}
