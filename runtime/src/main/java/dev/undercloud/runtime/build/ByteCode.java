package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.driver.Confinement;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles a snapshot, which replicas cannot write their byte code into. Blocking. */
final class ByteCode {
  /** Compiling is a convenience: an app starts without it, a little later. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Map<String, String> environment;
  private final @Nullable Confinement confinement;

  ByteCode(Map<String, String> host, @Nullable Confinement confinement) {
    this.environment = BuildVariables.withoutPython(host);
    this.confinement = confinement;
  }

  /**
   * Writes byte code beside the source; a file with a syntax error has none.
   *
   * @param place where the snapshot will lie: what tracebacks show
   */
  void write(Path python, Path source, Path place, Output log) throws IOException {
    List<String> command =
        List.of(
            python.toString(),
            "-I",
            "-m",
            "compileall",
            "-qq",
            "-d",
            place.toString(),
            source.toString());
    try {
      new BuildProcess(environment, LIMIT, confinement).run(command, source, line -> {});
    } catch (CloudException slow) {
      if (Thread.currentThread().isInterrupted()) {
        throw slow;
      }
      log.line("byte code was not written: " + slow.problem().why());
    }
  }
}
