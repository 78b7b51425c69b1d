package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.tls.TrustStores;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real browser says of the local authority before and after it is made known. */
@Timeout(120)
class TlsBrowserTest {
  private static final Path BIN = Path.of("/usr/bin");

  @TempDir Path folder;

  @Test
  void chromiumBelievesTheAuthorityOnceItIsInstalled() throws Exception {
    assumeTrue(Files.isExecutable(BIN.resolve("chromium")), "chromium is missing");
    assumeTrue(Files.isExecutable(BIN.resolve("certutil")), "libnss3-tools is missing");
    Path home = Files.createDirectory(folder.resolve("home"));
    try (TlsRig tls = new TlsRig(folder);
        Backend backend = Backend.tcp(Backend.saying("<p>hello</p>"))) {
      tls.rig.serve(backend);
      assertThat(page(home, tls)).doesNotContain("hello");
      TrustStores stores = new TrustStores(folder, home, List.of(BIN), Clock.system(), step -> {});
      stores.make(stores.installing(tls.authority.file(), tls.authority.certificate()));
      assertThat(page(home, tls)).contains("<p>hello</p>");
    }
  }

  /** With the databases of that home alone, and a profile of its own each time. */
  private String page(Path home, TlsRig tls) throws Exception {
    Path profile = Files.createTempDirectory(folder, "profile");
    ProcessBuilder builder =
        new ProcessBuilder(
            BIN.resolve("chromium").toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--user-data-dir=" + profile,
            "--dump-dom",
            "https://app.localhost:" + tls.port() + "/");
    builder.environment().put("HOME", home.toString());
    builder.environment().remove("XDG_DATA_HOME");
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
