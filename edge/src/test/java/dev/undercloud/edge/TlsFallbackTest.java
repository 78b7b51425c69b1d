package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.tls.Engine;
import dev.undercloud.edge.tls.Pem;
import java.nio.file.Path;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS where BoringSSL does not load: the JDK's engine does the same. */
@Timeout(60)
class TlsFallbackTest {
  @TempDir Path folder;
  private TlsRig tls;
  private Backend backend;

  @BeforeEach
  void start() {
    tls = new TlsRig(folder, config -> config.with(Engine.JDK));
    backend =
        Backend.tcp(conn -> {
          for (String head = conn.head(); head != null; head = conn.head()) {
            byte[] body = conn.body(head);
            conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
            conn.say(body);
          }
        });
    tls.rig.serve(backend);
  }

  @AfterEach
  void stop() {
    tls.close();
    backend.close();
  }

  @Test
  void speaks12And13AndChoosesAProtocol() throws Exception {
    for (String version : new String[] {"-tls1_2", "-tls1_3"}) {
      assertThat(tls.client("", "-servername", "app.localhost", version, "-alpn", "h2,http/1.1"))
          .contains("Verify return code: 0 (ok)", "ALPN protocol: h2");
    }
    assertThat(tls.client("", "-servername", "app.localhost", "-alpn", "smtp"))
        .contains("no application protocol");
  }

  @Test
  void carriesBodiesBothWaysInBothVersionsOfHttp() throws Exception {
    byte[] body = new byte[1 << 20];
    Arrays.fill(body, (byte) 'x');
    try (Wire wire = tls.connect("app.localhost")) {
      wire.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 1048576\r\n\r\n");
      wire.send(body);
      assertThat(wire.response().body()).isEqualTo(body);
    }
    try (H2Wire wire = new H2Wire(tls.http2())) {
      wire.send(H2Wire.hello()).get(1, "/");
      assertThat(wire.until(1).status).isEqualTo(200);
    }
  }

  @Test
  void knowsItsClientsAndReloadsCertificates() throws Exception {
    tls.clientAuthority();
    tls.policy("app", TlsRig.mutual(folder.resolve("clients.pem")));
    String[] named = {"-servername", "app.localhost", "-tls1_2"};
    assertThat(tls.client("", named)).contains("alert");
    String me = folder.resolve("me.pem").toString();
    String key = folder.resolve("me.key").toString();
    assertThat(
            tls.client(
                "GET / HTTP/1.0\r\nHost: app.localhost\r\n\r\n",
                "-servername",
                "app.localhost",
                "-ign_eof",
                "-cert",
                me,
                "-key",
                key))
        .contains("HTTP/1.1 200");
    for (String name : new String[] {"one", "two"}) {
      tls.selfSigned("now", "ec", "app.localhost", 2);
      tls.policy("app", TlsRig.own(folder.resolve("now.pem"), folder.resolve("now.key")));
      tls.rig.edge.reloadCertificates();
      var certificate = Pem.certificates(folder.resolve("now.pem"));
      try (SSLSocket socket = tls.socket("app.localhost", TlsRig.trusting(certificate))) {
        assertThat(socket.getSession().getPeerCertificates()[0])
            .as(name)
            .isEqualTo(certificate.getFirst());
      }
    }
  }
}
