package dev.undercloud.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.tls.TrustStores.Change;
import dev.undercloud.edge.tls.TrustStores.Result;
import dev.undercloud.edge.tls.TrustStores.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A system's folder with a program made by hand, and a browser's database with the real one. */
@Timeout(60)
class TrustStoresTest {
  private static final Path BIN = Path.of("/usr/bin");

  @TempDir Path root;
  Path home;
  Path bin;
  final List<Step> told = new ArrayList<>();
  LocalAuthority authority;

  @BeforeEach
  void makeASystem() throws IOException {
    home = Files.createDirectories(root.resolve("home"));
    bin = Files.createDirectories(root.resolve("bin"));
    authority = LocalAuthority.in(root.resolve("ca"), Clock.system());
    authority.certificate();
    Files.createDirectories(root.resolve("usr/local/share/ca-certificates"));
    program("update-ca-certificates", "echo \"$@\" >> " + root.resolve("ran"));
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private TrustStores stores(Path... path) {
    return new TrustStores(root, home, List.of(path), Clock.system(), told::add);
  }

  private List<Result> install(TrustStores stores) {
    return stores.make(changes(stores)).stream().map(Step::result).toList();
  }

  private List<Change> changes(TrustStores stores) {
    return stores.installing(authority.file(), authority.certificate());
  }

  private List<Step> remove(TrustStores stores) {
    return stores.make(stores.removing(authority.certificate()));
  }

  @Test
  void theSystemIsToldOnceAndForgetsAgain() throws IOException {
    assertThat(install(stores(bin))).containsExactly(Result.DONE);
    Path folder = root.resolve("usr/local/share/ca-certificates");
    try (var files = Files.list(folder)) {
      Path only = files.toList().getFirst();
      assertThat(only.getFileName().toString()).matches("undercloud-[0-9a-f]{12}\\.crt");
      assertThat(Files.readString(only)).isEqualTo(authority.pem());
    }
    assertThat(install(stores(bin))).containsExactly(Result.ALREADY);
    assertThat(Files.readAllLines(root.resolve("ran"))).hasSize(1);
    remove(stores(bin));
    assertThat(folder).isEmptyDirectory();
    assertThat(Files.readAllLines(root.resolve("ran"))).hasSize(2);
    assertThat(told.getFirst().action()).contains("update-ca-certificates").contains("copy");
  }

  @Test
  void aProgramThatFailsIsQuoted() throws IOException {
    program("update-ca-certificates", "echo no space left; exit 7");
    TrustStores stores = stores(bin);
    Step step = stores.make(changes(stores)).getFirst();
    assertThat(step.result()).isEqualTo(Result.FAILED);
    assertThat(step.detail()).contains("ended with 7").contains("no space left");
    // And the next attempt is one: what was not read in is not there.
    program("update-ca-certificates", "true");
    assertThat(install(stores)).containsExactly(Result.DONE);
  }

  @Test
  void nothingIsDoneBeforeItIsSaid() throws IOException {
    List<Change> changes = changes(stores(bin));
    assertThat(changes.getFirst().action())
        .startsWith("copy the authority to " + root.resolve("usr/local/share/ca-certificates"))
        .endsWith("and run update-ca-certificates");
    assertThat(root.resolve("usr/local/share/ca-certificates")).isEmptyDirectory();
    assertThat(told).isEmpty();
  }

  @Test
  void aChromiumThatWasNeverStartedFindsADatabase() throws IOException {
    assumeTrue(Files.isExecutable(BIN.resolve("certutil")), "certutil is missing: libnss3-tools");
    program("certutil", "exec " + BIN.resolve("certutil") + " \"$@\"");
    assertThat(install(stores(bin))).hasSize(1);
    program("chromium", "false");
    assertThat(install(stores(bin))).containsExactly(Result.ALREADY, Result.DONE, Result.DONE);
    assertThat(home.resolve(".pki/nssdb/cert9.db")).exists();
    assertThat(install(stores(bin))).containsExactly(Result.ALREADY, Result.ALREADY);
  }

  @Test
  void aSystemWithoutAFolderIsAbsent() throws IOException {
    Files.delete(root.resolve("usr/local/share/ca-certificates"));
    assertThat(install(stores(bin))).containsExactly(Result.ABSENT);
  }

  @Test
  void databasesOfBrowsersAreFoundAndChanged() throws Exception {
    assumeTrue(Files.isExecutable(BIN.resolve("certutil")), "certutil is missing: libnss3-tools");
    Path chromium = Files.createDirectories(home.resolve(".local/share/pki/nssdb"));
    Path firefox = Files.createDirectories(home.resolve(".mozilla/firefox/abc.default"));
    for (Path database : List.of(chromium, firefox)) {
      new ProcessBuilder("certutil", "-N", "--empty-password", "-d", "sql:" + database)
          .start()
          .waitFor();
    }
    assertThat(install(stores(bin, BIN))).containsExactly(Result.DONE, Result.DONE, Result.DONE);
    assertThat(install(stores(bin, BIN)))
        .containsExactly(Result.ALREADY, Result.ALREADY, Result.ALREADY);
    List<Step> removed = remove(stores(bin, BIN));
    assertThat(removed).extracting(Step::result).containsOnly(Result.DONE);
    assertThat(remove(stores(bin, BIN))).extracting(Step::result).containsOnly(Result.ALREADY);
    assertThat(install(stores(bin))).contains(Result.FAILED);
    assertThat(told.getLast().detail()).contains("libnss3-tools");
  }
}
