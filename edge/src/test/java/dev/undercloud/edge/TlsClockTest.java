package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.edge.tls.Engine;
import dev.undercloud.edge.tls.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What hours and months do to tickets and certificates, by a clock that is turned. */
@Timeout(60)
class TlsClockTest {
  private static final String HOST = "app.localhost";

  @TempDir Path folder;
  private final SkippingClock clock = SkippingClock.brief();
  private TlsRig tls;
  private Backend backend;

  @BeforeEach
  void start() {
    backend = Backend.tcp(Backend.saying("hello"));
    open();
  }

  private void open() {
    tls = new TlsRig(folder, config -> config, edge -> edge, clock);
    tls.rig.serve(backend);
  }

  @AfterEach
  void stop() {
    tls.close();
    backend.close();
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void skip(Duration time) {
    clock.skip(time);
    clock.letLook();
  }

  /** Whether a session of {@code version} goes on; with {@code keep} it is kept in its file. */
  private boolean resumes(String version, String session, boolean keep) throws Exception {
    String said =
        tls.client(
            "GET / HTTP/1.0\r\nHost: app.localhost\r\n\r\n",
            "-servername",
            HOST,
            "-ign_eof",
            version,
            keep ? "-sess_out" : "-sess_in",
            file(session).toString());
    assertThat(said).contains("hello");
    return said.contains("Reused, TLS");
  }

  @Test
  void ticketsResumeWhileTheirKeyIsKeptAndThenNoMore() throws Exception {
    assumeTrue(TlsRig.ENGINE == Engine.BORINGSSL, "the JDK looks after its keys itself");
    for (String version : List.of("-tls1_2", "-tls1_3")) {
      String session = "session" + version;
      assertThat(resumes(version, session, true)).isFalse();
      assertThat(resumes(version, session, false)).as("its own key, " + version).isTrue();
      skip(Duration.ofHours(11));
      assertThat(resumes(version, session, false)).as("not changed yet").isTrue();
      skip(Duration.ofHours(1));
      assertThat(resumes(version, session, false)).as("one key later, " + version).isTrue();
      skip(Duration.ofHours(12));
      assertThat(resumes(version, session, false)).as("two keys later, " + version).isTrue();
      skip(Duration.ofHours(12));
      assertThat(resumes(version, session, false)).as("forgotten, " + version).isFalse();
      // The key of now is as good as any.
      assertThat(resumes(version, "later" + version, true)).isFalse();
      assertThat(resumes(version, "later" + version, false)).isTrue();
    }
  }

  @Test
  void aTicketResumesAcrossAReload() throws Exception {
    tls.selfSigned("now", "ec", HOST, 2);
    tls.policy("app", TlsRig.own(file("now.pem"), file("now.key")));
    assertThat(resumes("-tls1_3", "session", true)).isFalse();
    tls.selfSigned("now", "ec", HOST, 3);
    tls.rig.edge.reloadCertificates();
    assertThat(resumes("-tls1_3", "session", false)).isTrue();
  }

  @Test
  void aLocalCertificateIsMadeAnewAfterSixtyDays() throws Exception {
    tls.close();
    clock.skip(Duration.ofDays(-61));
    open();
    X509Certificate first = shown(trustingLocal());
    skip(Duration.ofDays(59));
    assertThat(shown(trustingLocal())).isEqualTo(first);
    skip(Duration.ofDays(2));
    assertThat(shown(trustingLocal()).getNotAfter().toInstant())
        .isAfter(first.getNotAfter().toInstant().plus(Duration.ofDays(60)));
  }

  private SSLContext trustingLocal() {
    return TlsRig.trusting(List.of(tls.authority.certificate()));
  }

  private X509Certificate shown(SSLContext trust) throws IOException {
    try (SSLSocket socket = tls.socket(HOST, trust)) {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private long said(String words) {
    return tls.rig.log.stream().filter(line -> line.message().contains(words)).count();
  }

  @Test
  void anOwnCertificateThatEndsIsToldInTimeAndOnceADay() throws Exception {
    tls.selfSigned("now", "ec", HOST, 90);
    tls.policy("app", TlsRig.own(file("now.pem"), file("now.key")));
    SSLContext trust = TlsRig.trusting(Pem.certificates(file("now.pem")));
    X509Certificate served = shown(trust);
    skip(Duration.ofDays(75));
    assertThat(said("now.pem expires")).isZero();
    skip(Duration.ofDays(2));
    assertThat(said("now.pem expires on")).isEqualTo(1);
    assertThat(said("in 12 days. Put a renewed one there")).isEqualTo(1);
    skip(Duration.ofHours(23));
    assertThat(said("now.pem expires")).isEqualTo(1);
    skip(Duration.ofHours(1));
    assertThat(said("now.pem expires")).isEqualTo(2);
    skip(Duration.ofDays(30));
    assertThat(said("now.pem expired on")).isEqualTo(1);
    assertThat(shown(trust)).as("what is there stays").isEqualTo(served);
    tls.selfSigned("now", "ec", HOST, 900);
    SSLContext next = TlsRig.trusting(Pem.certificates(file("now.pem")));
    Rig.eventually(() -> shownOrNull(next) != null);
    skip(Duration.ofDays(2));
    assertThat(said("now.pem expired on")).isEqualTo(1);
  }

  @Test
  void aHalfWrittenFileIsToldAndTheCertificateBeforeStays() throws Exception {
    tls.selfSigned("now", "ec", HOST, 2);
    tls.selfSigned("next", "ec", HOST, 2);
    tls.policy("app", TlsRig.own(file("now.pem"), file("now.key")));
    X509Certificate served = shown(TlsRig.trusting(Pem.certificates(file("now.pem"))));
    SSLContext both =
        TlsRig.trusting(List.of(served, Pem.certificates(file("next.pem")).getFirst()));
    byte[] whole = Files.readAllBytes(file("next.pem"));
    for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 10}) {
      long before = said("The certificate before stays in use.");
      Files.write(file("now.pem"), Arrays.copyOf(whole, length));
      Rig.eventually(() -> said("The certificate before stays in use.") > before);
      assertThat(shown(both)).isEqualTo(served);
    }
    assertThat(said(file("now.pem").toString())).isPositive();
    Files.write(file("now.pem"), whole);
    Files.copy(file("next.key"), file("now.key"), StandardCopyOption.REPLACE_EXISTING);
    X509Certificate next = Pem.certificates(file("next.pem")).getFirst();
    Rig.eventually(() -> next.equals(shownOrNull(both)));
  }

  private X509Certificate shownOrNull(SSLContext trust) {
    try {
      return shown(trust);
    } catch (IOException another) {
      return null;
    }
  }

  @Test
  void aCertificateThatHasExpiredTakesNoOthersPlace() throws Exception {
    tls.selfSigned("now", "ec", HOST, 900);
    tls.selfSigned("old", "ec", HOST, 2);
    tls.policy("app", TlsRig.own(file("now.pem"), file("now.key")));
    SSLContext trust = TlsRig.trusting(Pem.certificates(file("now.pem")));
    X509Certificate served = shown(trust);
    skip(Duration.ofDays(3));
    Files.copy(file("old.pem"), file("now.pem"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(file("old.key"), file("now.key"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> tls.rig.edge.reloadCertificates())
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> {
              assertThat(e.problem().where()).isEqualTo(file("now.pem").toString());
              assertThat(e.problem().why()).startsWith("it expired on ");
              assertThat(e.problem().remedy()).contains("Put a renewed certificate there");
            });
    clock.letLook();
    assertThat(shown(trust)).isEqualTo(served);
  }
}
