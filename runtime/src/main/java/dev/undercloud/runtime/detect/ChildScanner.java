package dev.undercloud.runtime.detect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.undercloud.core.config.PythonScan;
import dev.undercloud.core.config.PythonScanner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the scan of a project in a child process: {@code python -I -S -B undercloud_scan.py
 * DIRECTORY}. Isolated mode: neither the project, nor the user's site-packages, nor any PYTHON
 * variable has a say. Blocking, for virtual threads; safe for any thread.
 */
public final class ChildScanner implements PythonScanner {
  /** The script stops by itself after 8 s; what takes longer hangs. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** More than any honest result; the script counts, too. */
  private static final int MOST_OUTPUT = 8 << 20;

  /** As much of an interpreter's complaint as a person reads. */
  private static final int MOST_COMPLAINT = 300;

  private static final String ENTRY = "undercloud_scan.py";
  private static final List<String> SCRIPTS =
      List.of(
          ENTRY,
          "undercloud_scan_facts.py",
          "undercloud_scan_flask.py",
          "undercloud_scan_objects.py",
          "undercloud_scan_paths.py",
          "undercloud_scan_source.py",
          "undercloud_scan_static.py");

  private final List<Path> interpreters;
  private final Duration patience;

  /** Uses the interpreters that are found on {@code searchPath}, the value of PATH. */
  public ChildScanner(String searchPath) {
    this(Interpreters.on(searchPath), PATIENCE);
  }

  ChildScanner(List<Path> interpreters, Duration patience) {
    this.interpreters = List.copyOf(interpreters);
    this.patience = patience;
  }

  @Override
  public PythonScan scan(Path directory) {
    if (interpreters.isEmpty()) {
      return PythonScan.unavailable("no python3 was found on PATH");
    }
    Path scripts = null;
    try {
      scripts = extract();
      return first(scripts, directory);
    } catch (IOException failed) {
      return PythonScan.unavailable("the scan could not be started: " + failed.getMessage());
    } finally {
      remove(scripts);
    }
  }

  /** The result of the first interpreter that works: one on PATH may be a shim of nothing. */
  private PythonScan first(Path scripts, Path directory) throws IOException {
    String reason = "";
    for (Path interpreter : interpreters) {
      Ended ended = run(interpreter, scripts, directory);
      if (ended.code() == 0) {
        try {
          return ScanJson.read(new ObjectMapper().readTree(ended.output()));
        } catch (JsonProcessingException | IllegalArgumentException bad) {
          reason = interpreter + " gave no result: " + bad.getMessage();
        }
      } else {
        reason = reason.isEmpty() ? interpreter + " " + ended.complaint() : reason;
      }
      if (ended.timedOut()) {
        break; // the project is at fault, not the interpreter
      }
    }
    return PythonScan.unavailable(reason);
  }

  private record Ended(int code, byte[] output, String complaint, boolean timedOut) {}

  private Ended run(Path interpreter, Path scripts, Path directory) throws IOException {
    Path complaints = scripts.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(
            interpreter.toString(),
            "-I",
            "-S",
            "-B",
            scripts.resolve(ENTRY).toString(),
            directory.toAbsolutePath().toString());
    // Not the project's folder: a version manager's shim would obey the .python-version there.
    builder.directory(scripts.toFile());
    builder.redirectError(complaints.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PYTHON"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      return wait(process, complaints);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Ended wait(Process process, Path complaints) throws IOException {
    byte[][] output = {new byte[0]};
    Thread reader =
        Thread.ofVirtual()
            .name("python-scan")
            .start(() -> {
              try (InputStream in = process.getInputStream()) {
                output[0] = in.readNBytes(MOST_OUTPUT);
              } catch (IOException closed) {
                output[0] = new byte[0];
              }
            });
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Ended(-1, output[0], "did not end within " + patience.toSeconds() + " s", true);
      }
      reader.join();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return new Ended(-1, output[0], "was interrupted", true);
    }
    int code = process.exitValue();
    return new Ended(code, output[0], "ended with " + code + last(complaints), false);
  }

  /** The last line of what it complained about. */
  private static String last(Path complaints) throws IOException {
    String text;
    try (InputStream in = Files.newInputStream(complaints)) {
      text = new String(in.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8).strip();
    }
    String line = text.substring(text.lastIndexOf('\n') + 1);
    return line.isEmpty() ? "" : ": " + line.substring(0, Math.min(line.length(), MOST_COMPLAINT));
  }

  private static Path extract() throws IOException {
    Path folder = Files.createTempDirectory("undercloud-scan");
    for (String name : SCRIPTS) {
      try (InputStream in = ChildScanner.class.getResourceAsStream("/undercloud/python/" + name)) {
        if (in == null) {
          throw new IOException(name + " is missing from the program");
        }
        Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return folder;
  }

  private static void remove(@org.jspecify.annotations.Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (var entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        Files.deleteIfExists(entry);
      }
      Files.deleteIfExists(folder);
    } catch (IOException | UncheckedIOException left) {
      // A few kilobytes in the temporary folder, which the machine cleans up.
    }
  }
}
