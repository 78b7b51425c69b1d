package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.edge.tls.Pem;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Own certificates, their reload, client certificates, and who may ask what by which connection.
 */
@Timeout(60)
class TlsPolicyTest {
  @TempDir Path folder;
  TlsRig tls;
  Backend backend;

  @BeforeEach
  void start() throws Exception {
    tls = new TlsRig(folder);
    backend = Backend.tcp(Backend.saying("hello"));
    List<AppRoute> apps = new ArrayList<>();
    for (String app : List.of("open", "closed")) {
      Upstream upstream = new Upstream(app + "@1", app, "web.1", "r1", backend.address());
      List<String> hosts = List.of(app + ".localhost", "*." + app + ".localhost");
      apps.add(tls.rig.route(app, hosts, List.of(upstream)));
    }
    tls.rig.publish(apps);
  }

  @AfterEach
  void stop() {
    tls.close();
    backend.close();
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static SSLContext trusting(Path certificate) {
    return TlsRig.trusting(Pem.certificates(certificate));
  }

  private static X509Certificate shown(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  @Test
  void ownCertificatesOfEveryKindOfKeyAreServed() throws Exception {
    for (String kind : List.of("ec", "rsa")) {
      tls.selfSigned(kind, kind, "open.localhost", 2);
      tls.policy("open", TlsRig.own(file(kind + ".pem"), file(kind + ".key")));
      try (SSLSocket socket = tls.socket("open.localhost", trusting(file(kind + ".pem")));
          Wire wire = new Wire(socket)) {
        assertThat(shown(socket)).isEqualTo(Pem.certificates(file(kind + ".pem")).getFirst());
        assertThat(wire.get("open.localhost", "/").text()).isEqualTo("hello");
      }
    }
    // Keys as older tools write them.
    tls.openssl("ec", "-in", "ec.key", "-out", "sec1.key");
    assertThat(Files.readString(file("sec1.key"))).contains("BEGIN EC PRIVATE KEY");
    tls.policy("open", TlsRig.own(file("ec.pem"), file("sec1.key")));
    tls.socket("open.localhost", trusting(file("ec.pem"))).close();
  }

  @Test
  void aChangedCertificateServesNewConnectionsAndOldOnesGoOn() throws Exception {
    tls.selfSigned("one", "ec", "open.localhost", 2);
    tls.selfSigned("two", "ec", "open.localhost", 2);
    Files.copy(file("one.pem"), file("now.pem"));
    Files.copy(file("one.key"), file("now.key"));
    tls.policy("open", TlsRig.own(file("now.pem"), file("now.key")));
    SSLContext trust =
        TlsRig.trusting(
            List.of(
                Pem.certificates(file("one.pem")).getFirst(),
                Pem.certificates(file("two.pem")).getFirst()));
    try (SSLSocket socket = tls.socket("open.localhost", trust);
        Wire kept = new Wire(socket)) {
      assertThat(shown(socket).getSubjectX500Principal().getName()).contains("one");
      // A certificate whose key has not been written yet changes nothing.
      Files.copy(file("two.pem"), file("now.pem"), StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> tls.rig.edge.reloadCertificates())
          .isInstanceOf(CloudException.class)
          .hasMessageContaining("not the key");
      assertThat(nameShown(trust)).contains("one");
      // And nobody has to say that both are there.
      Files.copy(file("two.key"), file("now.key"), StandardCopyOption.REPLACE_EXISTING);
      Rig.eventually(() -> nameShown(trust).contains("two"));
      for (int i = 0; i < 20; i++) {
        tls.rig.edge.reloadCertificates();
        assertThat(kept.get("open.localhost", "/" + i).text()).isEqualTo("hello");
      }
    }
  }

  private String nameShown(SSLContext trust) {
    try (SSLSocket socket = tls.socket("open.localhost", trust)) {
      return shown(socket).getSubjectX500Principal().getName();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBrokenFileIsToldAndTheHostStaysReachable() throws Exception {
    Files.writeString(file("bad.pem"), "no certificate");
    tls.policy("open", TlsRig.own(file("bad.pem"), file("bad.pem")));
    TlsPolicy broken = TlsRig.own(file("bad.pem"), file("bad.pem"));
    assertThatThrownBy(() -> dev.undercloud.edge.tls.Tls.check(broken, Instant.EPOCH))
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("bad.pem");
    String said =
        TlsRig.tool(
            "",
            "curl",
            "-sk",
            "--resolve",
            "open.localhost:" + tls.port() + ":127.0.0.1",
            "https://open.localhost:" + tls.port() + "/");
    assertThat(said).isEqualTo("hello");
    assertThat(tls.rig.log).anyMatch(line -> line.message().contains("bad.pem"));
  }

  private String curl(String sni, String host, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--cacert",
                tls.ca().toString(),
                "-w",
                " %{http_code}",
                "--resolve",
                sni + ":" + tls.port() + ":127.0.0.1",
                "-H",
                "Host: " + host));
    command.addAll(List.of(options));
    command.add("https://" + sni + ":" + tls.port() + "/");
    return TlsRig.tool("", command.toArray(String[]::new));
  }

  @Test
  void aHostThatKnowsItsClientsIsReachedInNoOtherWay() throws Exception {
    tls.clientAuthority();
    tls.policy("closed", TlsRig.mutual(file("clients.pem")));
    String[] me = {"--cert", file("me.pem").toString(), "--key", file("me.key").toString()};
    assertThat(curl("closed.localhost", "closed.localhost", me)).isEqualTo("hello 200");
    assertThat(curl("closed.localhost", "closed.localhost")).doesNotContain("200");
    // By another name's connection, by none, or unencrypted: there is no way around.
    assertThat(curl("open.localhost", "closed.localhost")).endsWith(" 421");
    assertThat(curl("open.localhost", "closed.localhost", me)).endsWith(" 421");
    assertThat(curl("localhost", "closed.localhost")).endsWith(" 421");
    assertThat(curl("closed.localhost", "open.localhost", me)).endsWith(" 421");
    assertThat(curl("open.localhost", "open.localhost")).isEqualTo("hello 200");
    try (Wire plain = tls.rig.connect()) {
      assertThat(plain.get("closed.localhost", "/").status()).isEqualTo(403);
    }
    assertThat(backend.heads).hasSize(2);
  }

  @Test
  void theReplicaIsToldWhichCertificateAClientHasShownAndNothingForged() throws Exception {
    tls.clientAuthority();
    tls.policy("closed", TlsRig.mutual(file("clients.pem")));
    String script =
        """
        import socket, ssl, sys
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=sys.argv[1])
            context.load_cert_chain(sys.argv[3], sys.argv[4])
            context.minimum_version = context.maximum_version = version
            session = None
            for reused in (False, True):
                raw = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
                with context.wrap_socket(raw, server_hostname="closed.localhost", session=session) as tls:
                    for field in (b"Client-Cert", b"client_cert", b"Client-Cert-Chain"):
                        tls.sendall(b"GET / HTTP/1.1\\r\\nHost: closed.localhost\\r\\n" + field + b": :Zm9yZ2Vk:\\r\\n\\r\\n")
                        assert tls.recv(4096)[9:12] == b"200"
                    assert tls.session_reused == reused
                    session = tls.session
        """;
    TlsRig.tool(
        script,
        "python3",
        "-",
        tls.ca().toString(),
        "" + tls.port(),
        file("me.pem").toString(),
        file("me.key").toString());
    String open = curl("open.localhost", "open.localhost", "-H", "Client-Cert: :Zm9yZ2Vk:");
    assertThat(open).isEqualTo("hello 200");
    byte[] shown;
    try (InputStream pem = Files.newInputStream(file("me.pem"))) {
      shown = CertificateFactory.getInstance("X.509").generateCertificate(pem).getEncoded();
    }
    String field = "\r\nClient-Cert: :" + Base64.getEncoder().encodeToString(shown) + ":\r\n";
    assertThat(backend.heads).hasSize(2 * 2 * 3 + 1).noneMatch(head -> head.contains("Zm9yZ2Vk"));
    assertThat(backend.heads.subList(0, 12)).allMatch(head -> head.contains(field));
    assertThat(backend.heads.getLast().toLowerCase(Locale.ROOT)).doesNotContain("client-cert");
  }

  @Test
  void aConnectionFromBeforeTheRuleDoesNotOutliveIt() throws Exception {
    tls.clientAuthority();
    try (Wire wire = tls.connect("closed.localhost")) {
      assertThat(wire.get("closed.localhost", "/").status()).isEqualTo(200);
      tls.policy("closed", TlsRig.mutual(file("clients.pem")));
      assertThat(wire.get("closed.localhost", "/").status()).isEqualTo(421);
    }
  }

  @Test
  void aTicketOfAnOpenHostOpensNoClosedOne() throws Exception {
    tls.clientAuthority();
    tls.policy("closed", TlsRig.mutual(file("clients.pem")));
    String script =
        """
        import socket, ssl, sys
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=sys.argv[1])
            context.check_hostname = False
            context.minimum_version = context.maximum_version = version
            def get(name, session):
                raw = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
                with context.wrap_socket(raw, server_hostname=name, session=session) as tls:
                    tls.sendall(b"GET / HTTP/1.1\\r\\nHost: " + name.encode() + b"\\r\\n\\r\\n")
                    return tls.recv(4096)[9:12], tls.session, tls.session_reused
            status, session, reused = get("open.localhost", None)
            assert status == b"200" and session and not reused
            assert get("open.localhost", session)[2], "tickets work at all"
            try:
                print("closed", get("closed.localhost", session)[0])
            except ssl.SSLError as refused:
                print("refused")
        """;
    String said = TlsRig.tool(script, "python3", "-", tls.ca().toString(), "" + tls.port());
    assertThat(said.strip().lines()).containsExactly("refused", "refused");
  }

  @Test
  void namesOfOneAppShareAConnectionAndWildcardsMatchOneLabel() throws Exception {
    assertThat(curl("open.localhost", "open.localhost")).isEqualTo("hello 200");
    try (SSLSocket socket = tls.socket("x.open.localhost")) {
      assertThat(shown(socket).getSubjectAlternativeNames().toString())
          .contains("*.open.localhost");
    }
    assertThatThrownBy(() -> tls.socket("a.b.open.localhost")).isInstanceOf(IOException.class);
    assertThat(folder.resolve("ca/leafs").toFile().list()).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void halfAHandshakeEndsAndHoldsLittle() throws Exception {
    tls.close();
    tls = new TlsRig(folder, config -> config.with(Duration.ofMillis(400), 8));
    List<java.net.Socket> stalled = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      java.net.Socket socket = new java.net.Socket(tls.address().getAddress(), tls.port());
      socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0});
      stalled.add(socket);
    }
    for (java.net.Socket socket : stalled) {
      socket.setSoTimeout(15_000);
      assertThat(ended(socket)).isTrue();
      socket.close();
    }
  }

  private static boolean ended(java.net.Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aRecordThatStopsHalfwayHoldsNoReceiveBuffer() throws Exception {
    tls.connect("open.localhost").close();
    int connections = 100;
    List<java.net.Socket> stalled = new ArrayList<>();
    long before = 0;
    for (int i = 0; i < 2 * connections; i++) {
      if (i == connections) {
        before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
      }
      java.net.Socket plain = new java.net.Socket(tls.address().getAddress(), tls.port());
      SSLSocket socket =
          (SSLSocket)
              TlsRig.trusting(List.of(tls.authority.certificate()))
                  .getSocketFactory()
                  .createSocket(plain, "open.localhost", tls.port(), false);
      socket.startHandshake();
      // The beginning of a record of 16 KB.
      plain.getOutputStream().write(new byte[] {23, 3, 3, 0x40, 0, 1, 2, 3});
      stalled.add(plain);
    }
    Thread.sleep(300);
    long held = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before;
    for (java.net.Socket socket : stalled) {
      socket.close();
    }
    assertThat(held / connections).as("bytes of one").isLessThan(24 << 10);
  }

  @Test
  void aFloodOfHandshakesIsCutOffAndOthersGoOn() throws Exception {
    tls.close();
    tls = new TlsRig(folder, config -> config.with(Duration.ofSeconds(30), 4));
    tls.rig.serve(backend);
    tls.connect("app.localhost").close();
    List<java.net.Socket> flood = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      flood.add(new java.net.Socket(tls.address().getAddress(), tls.port()));
    }
    long cut =
        flood.stream()
            .filter(socket -> {
              try {
                socket.setSoTimeout(500);
                return ended(socket);
              } catch (IOException e) {
                return true;
              }
            })
            .limit(32)
            .count();
    // Two loops with room for four each.
    assertThat(cut).isEqualTo(32);
    try (Wire plain = tls.rig.connect()) {
      assertThat(plain.get("/").text()).isEqualTo("hello");
    }
    for (java.net.Socket socket : flood) {
      socket.close();
    }
    Rig.eventually(() -> {
      try (Wire wire = tls.connect("app.localhost")) {
        return wire.get("/").status() == 200;
      } catch (IOException stillCrowded) {
        return false;
      }
    });
  }
}
