package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** h2spec, the public conformance tests of HTTP/2 and HPACK, all of them, its strict ones too. */
@Timeout(120)
class H2specTest {
  private static final String PROGRAM = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

  /** Seconds; nothing is waited for where the edge is right. */
  private static final String PATIENCE = "10";

  @TempDir Path folder;

  @Test
  void holdsInClear() throws Exception {
    assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("a"), Backend.saying("hello"))) {
      rig.serve(backend);
      String port = "" + rig.address().getPort();
      assertThat(run(program(), "-S", "-o", PATIENCE, "-p", port))
          .contains("146 tests, 146 passed, 0 skipped, 0 failed");
    }
  }

  @Test
  void holdsOverTls() throws Exception {
    assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
    try (TlsRig rig = new TlsRig(folder.resolve("tls"));
        Backend backend = Backend.unix(folder.resolve("a"), Backend.saying("hello"))) {
      rig.rig.serve(backend);
      // The first handshake waits for the authority to be made: longer than h2spec would.
      rig.connect("app.localhost").close();
      assertThat(run(program(), "-S", "-o", PATIENCE, "-t", "-k", "-p", "" + rig.port()))
          .contains("146 tests, 146 passed, 0 skipped, 0 failed");
    }
  }

  private String program() throws Exception {
    Path archive = folder.resolve("h2spec.tar.gz");
    try (InputStream in = H2specTest.class.getResourceAsStream(PROGRAM)) {
      Files.copy(in, archive);
    }
    run("tar", "xzf", archive.toString(), "-C", folder.toString());
    return folder.resolve("h2spec").toString();
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
