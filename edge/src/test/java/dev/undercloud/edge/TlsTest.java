package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.edge.tls.ClientHello;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with certificates of the local authority, seen by Java, OpenSSL, curl and Python. */
@Timeout(60)
class TlsTest {
  @TempDir Path folder;
  TlsRig tls;
  Backend backend;

  @BeforeEach
  void start() {
    tls = new TlsRig(folder);
    backend = Backend.tcp(Backend.saying("hello"));
    tls.rig.serve(backend);
  }

  @AfterEach
  void stop() {
    tls.close();
    backend.close();
  }

  @Test
  void aNameOfTheAppIsServedWithACertificateOfTheLocalAuthority() throws Exception {
    try (Wire wire = tls.connect("app.localhost")) {
      Wire.Response first = wire.get("/");
      assertThat(first.text()).isEqualTo("hello");
      assertThat(wire.get("/again").text()).isEqualTo("hello");
    }
    assertThat(backend.heads.getFirst())
        .contains("X-Forwarded-Proto: https")
        .contains("X-Forwarded-Port: " + tls.port())
        .contains("proto=https");
  }

  @Test
  void curlTrustsTheAuthorityByNameAndByAddress() throws Exception {
    for (String host : List.of("app.localhost", "localhost", "127.0.0.1")) {
      String said =
          TlsRig.tool(
              "",
              "curl",
              "-sS",
              "--cacert",
              tls.ca().toString(),
              "--resolve",
              host + ":" + tls.port() + ":127.0.0.1",
              "https://" + host + ":" + tls.port() + "/");
      assertThat(said).isEqualTo("hello");
    }
  }

  @Test
  void both12And13AreSpokenAndNothingOlder() throws Exception {
    assertThat(tls.client("", "-servername", "app.localhost", "-tls1_2", "-brief"))
        .contains("TLSv1.2")
        .contains("Verification: OK");
    assertThat(tls.client("", "-servername", "app.localhost", "-tls1_3", "-brief"))
        .contains("TLSv1.3")
        .contains("Verification: OK");
    for (String old : List.of("-tls1_1", "-tls1")) {
      assertThat(tls.client("", "-servername", "app.localhost", old, "-cipher", "ALL:@SECLEVEL=0"))
          .contains("Cipher is (NONE)");
    }
  }

  @Test
  void anUnknownNameGetsThisMachinesCertificateAndNoneOfItsOwn() throws Exception {
    String said = tls.client("", "-servername", "evil.example.net", "-showcerts");
    assertThat(said).contains("CN = localhost");
    assertThat(folder.resolve("ca/leafs").toFile().list()).hasSize(1);
  }

  @Test
  void ticketsOfBothVersionsResume() throws Exception {
    String script =
        """
        import socket, ssl, sys
        context = ssl.create_default_context(cafile=sys.argv[1])
        context.maximum_version = context.minimum_version = getattr(ssl.TLSVersion, sys.argv[3])
        session, reused = None, []
        for _ in range(3):
            raw = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
            with context.wrap_socket(raw, server_hostname="app.localhost", session=session) as tls:
                tls.sendall(b"GET / HTTP/1.1\\r\\nHost: app.localhost\\r\\n\\r\\n")
                assert b"200" in tls.recv(4096)
                session = tls.session
                reused.append(tls.session_reused)
        print(reused)
        """;
    for (String version : List.of("TLSv1_2", "TLSv1_3")) {
      String said =
          TlsRig.tool(script, "python3", "-", tls.ca().toString(), "" + tls.port(), version);
      assertThat(said.strip()).isEqualTo("[False, True, True]");
    }
  }

  @Test
  void protocolsThatAreNotSpokenAreRefusedAndHttp11IsChosen() throws Exception {
    assertThat(tls.client("", "-servername", "app.localhost", "-alpn", "h9,http/1.1"))
        .contains("ALPN protocol: http/1.1");
    assertThat(tls.client("", "-servername", "app.localhost", "-alpn", "smtp"))
        .contains("no application protocol");
  }

  @Test
  void renegotiationIsRefused() throws Exception {
    String said = tls.client("R\n", "-servername", "app.localhost", "-tls1_2");
    assertThat(said).contains("RENEGOTIATING").doesNotContain("verify return:1\nR\n");
    assertThat(said).containsAnyOf("no renegotiation", "alert", "error");
  }

  @Test
  void plainHttpAtTheEncryptedPortIsToldSo() throws Exception {
    try (Wire wire = new Wire(tls.address())) {
      Wire.Response response = wire.get("/");
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.text()).contains("HTTPS");
      assertThat(wire.ended()).isTrue();
    }
  }

  @Test
  void largeBodiesPassBothWaysWhole() throws Exception {
    byte[] body = new byte[3 << 20];
    Arrays.fill(body, (byte) 'x');
    try (Backend echo =
            Backend.tcp(conn -> {
              String head = conn.head();
              byte[] in = conn.body(head);
              conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + in.length + "\r\n\r\n");
              conn.say(in);
              conn.head();
            });
        Wire wire = tls.connect("app.localhost")) {
      tls.rig.serve(echo);
      wire.send(
          "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: " + body.length + "\r\n\r\n");
      wire.send(body);
      assertThat(wire.response().body()).isEqualTo(body);
    }
  }

  @Test
  void aResponseWithoutLengthEndsWithTheConnectionAndItsFarewell() throws Exception {
    try (Backend endless =
            Backend.tcp(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\n\r\nuntil the end");
            });
        Wire wire = tls.connect("app.localhost")) {
      tls.rig.serve(endless);
      wire.send("GET / HTTP/1.0\r\nHost: app.localhost\r\n\r\n");
      assertThat(wire.response().text()).isEqualTo("until the end");
    }
  }

  @Test
  void aBodyThatIsCutOffEndsWithoutFarewell() throws Exception {
    try (Backend cut =
            Backend.tcp(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
              Thread.sleep(200);
            });
        Wire wire = tls.connect("app.localhost")) {
      tls.rig.serve(cut);
      wire.send("GET / HTTP/1.0\r\nHost: app.localhost\r\n\r\n");
      String head = wire.head();
      assertThat(head).startsWith("HTTP/1.1 200");
      // TLS tells: without its farewell an end is none.
      assertThatThrownBy(() -> wire.in.readAllBytes()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aHelloMayComeByteByByte() throws Exception {
    byte[] hello = recordedHello();
    try (Socket socket = new Socket(tls.address().getAddress(), tls.port())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(15_000);
      for (byte each : hello) {
        socket.getOutputStream().write(each);
      }
      byte[] answer = socket.getInputStream().readNBytes(6);
      assertThat(answer[0]).isEqualTo((byte) 22);
      assertThat(answer[5]).as("ServerHello").isEqualTo((byte) 2);
    }
  }

  /** What OpenSSL says first. */
  private byte[] recordedHello() throws Exception {
    try (java.net.ServerSocket listener =
        new java.net.ServerSocket(0, 1, tls.address().getAddress())) {
      Process process =
          new ProcessBuilder(
                  "openssl",
                  "s_client",
                  "-connect",
                  "127.0.0.1:" + listener.getLocalPort(),
                  "-servername",
                  "app.localhost")
              .start();
      try (Socket socket = listener.accept()) {
        byte[] head = socket.getInputStream().readNBytes(5);
        int size = (head[3] & 255) << 8 | head[4] & 255;
        byte[] rest = socket.getInputStream().readNBytes(size);
        byte[] all = Arrays.copyOf(head, 5 + size);
        System.arraycopy(rest, 0, all, 5, size);
        return all;
      } finally {
        process.destroy();
      }
    }
  }

  @Test
  void aGiantHelloIsRefused() throws Exception {
    try (Socket socket = new Socket(tls.address().getAddress(), tls.port())) {
      socket.setSoTimeout(15_000);
      // A handshake message of 16 MB, in records of 16 KB.
      byte[] record = new byte[5 + (1 << 14)];
      record[0] = 22;
      record[1] = 3;
      record[2] = 1;
      record[3] = 0x40;
      record[5] = 1;
      record[6] = (byte) 0xff;
      try {
        for (int i = 0; i < 64; i++) {
          socket.getOutputStream().write(record);
        }
      } catch (IOException refused) {
        // As it should be.
      }
      int first;
      try {
        first = socket.getInputStream().read();
      } catch (IOException reset) {
        first = -1;
      }
      assertThat(first).isIn(21, -1);
    }
    assertThat(ClientHello.LARGEST).isLessThan(1 << 15);
  }

  @Test
  void redirectsPlainRequestsAndSendsHsts() throws Exception {
    tls.policy(
        "app",
        new TlsPolicy(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true,
            Duration.ofDays(365),
            Optional.empty()));
    try (Wire plain = tls.rig.connect();
        Wire secure = tls.connect("app.localhost")) {
      Wire.Response moved = plain.get("/a?b=c");
      assertThat(moved.status()).isEqualTo(308);
      assertThat(moved.field("location"))
          .isEqualTo("https://app.localhost:" + tls.port() + "/a?b=c");
      assertThat(moved.fields()).doesNotContainKey("strict-transport-security");
      Wire.Response served = secure.get("/");
      assertThat(served.text()).isEqualTo("hello");
      assertThat(served.field("strict-transport-security")).isEqualTo("max-age=31536000");
    }
  }

  @Test
  void theAuthorityAndItsCertificatesSurviveARestart() throws Exception {
    X509Certificate before;
    try (SSLSocket socket = tls.socket("app.localhost")) {
      before = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
    String ca = tls.authority.pem();
    tls.close();
    tls = new TlsRig(folder);
    tls.rig.serve(backend);
    assertThat(tls.authority.pem()).isEqualTo(ca);
    try (SSLSocket socket = tls.socket("app.localhost")) {
      assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(before);
    }
    assertThat(Files.getPosixFilePermissions(folder.resolve("ca/ca.key")).toString())
        .doesNotContain("GROUP", "OTHERS");
  }

  @Test
  void theAuthorityVouchesForNoPublicName() throws Exception {
    tls.rig.publish(
        List.of(tls.rig.route("app", List.of("app.localhost", "www.google.com"), List.of())));
    assertThatThrownBy(() -> tls.socket("www.google.com"))
        .isInstanceOf(SSLHandshakeException.class);
    Rig.eventually(() ->
        tls.rig.log.stream()
            .anyMatch(l -> l.message().contains("www.google.com has no certificate")));
  }

  @Test
  void textOfTheAuthority() throws Exception {
    Path file = tls.ca();
    String said = TlsRig.tool("", "openssl", "x509", "-in", file.toString(), "-noout", "-text");
    assertThat(said)
        .contains("CA:TRUE, pathlen:0")
        .contains("Name Constraints: critical")
        .contains("DNS:localhost")
        .contains("IP:127.0.0.0/255.0.0.0");
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.US_ASCII))
        .startsWith("-----BEGIN CERTIFICATE-----");
  }
}
