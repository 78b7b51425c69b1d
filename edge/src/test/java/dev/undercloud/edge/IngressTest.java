package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.route.Upstream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a balancer in front says of clients, and what anybody else may not say. */
@Timeout(60)
class IngressTest {
  private static final List<String> HERE = List.of("127.0.0.0/8", "10.0.0.0/8");
  private static final String GET = "GET / HTTP/1.1\r\nHost: app.localhost\r\n";

  @TempDir Path folder;
  private Rig rig;
  private RecordingUpstream replica;

  @BeforeEach
  void start() {
    rig = new Rig();
    replica = new RecordingUpstream(folder.resolve("a"));
    rig.serve(List.of(replica.address()));
  }

  @AfterEach
  void end() {
    rig.close();
    replica.close();
  }

  private static AppPolicy open(Ingress ingress) {
    return Policy.route("/*").deny("192.0.2.66").end(ingress);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For: 192.0.2.1 | 192.0.2.1",
        "X-Forwarded-For: 1.1.1.1, 192.0.2.1 | 192.0.2.1",
        "X-Forwarded-For: 192.0.2.1, 10.0.0.1, 10.2.0.1 | 192.0.2.1",
        "X-Forwarded-For: 10.0.0.1, 10.2.0.1 | 10.0.0.1",
        "X-Forwarded-For: evil, 192.0.2.1 | 192.0.2.1",
        "X-Forwarded-For: 192.0.2.1, evil | 127.0.0.1",
        "X-Forwarded-For: 192.0.2.1, evil, 10.0.0.1 | 10.0.0.1",
        "X-Forwarded-For: | 127.0.0.1",
        "X-Forwarded-For: , | 127.0.0.1",
        "X-Forwarded-For: 192.0.2.1:4711 | 192.0.2.1",
        "X-Forwarded-For: [2001:db8::1]:80 | 2001:db8::1",
        "X-Forwarded-For: 2001:db8::1 | 2001:db8::1",
        "X-Forwarded-For: ::ffff:192.0.2.1 | 192.0.2.1",
        "X-Forwarded-For: 010.0.0.1 | 127.0.0.1",
        "X-Forwarded-For: 1.1.1.1~X-Forwarded-For: 192.0.2.1 | 192.0.2.1",
        "X-Real-IP: 192.0.2.1 | 127.0.0.1",
      })
  void aTrustedProxyNamesTheClient(String fields, String client) throws Exception {
    rig.rules(open(new Ingress(HERE, false)));
    try (Wire wire = rig.connect()) {
      wire.send(GET + fields.replace("~", "\r\n") + "\r\nX-Forwarded-Proto: https\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(200);
    }
    assertThat(replica.everything())
        .containsOnlyOnce("X-Forwarded-For:")
        .contains("X-Forwarded-For: " + client + "\r\n", "X-Forwarded-Proto: https\r\n");
    assertThat(rig.exchange().client).isEqualTo(client);
  }

  @Test
  void aTrustedProxyMaySayItAsTheStandardHasIt() throws Exception {
    rig.rules(open(new Ingress(HERE, false)));
    try (Wire wire = rig.connect()) {
      wire.send(GET + "Forwarded: for=\"[2001:db8::1]:80\";proto=https, for=10.0.0.1\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(200);
      wire.send(GET + "Forwarded: for=192.0.2.66\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(403);
    }
    assertThat(replica.everything())
        .containsOnlyOnce("Forwarded: for=\"[2001:db8::1]\";proto=http;")
        .contains("X-Forwarded-For: 2001:db8::1\r\n", "X-Forwarded-Proto: http\r\n");
    assertThat(rig.exchange().client).isEqualTo("2001:db8::1");
  }

  @Test
  void rulesGoByTheClientThatIsNamed() throws Exception {
    rig.rules(open(new Ingress(HERE, false)));
    try (Wire wire = rig.connect()) {
      wire.send(GET + "X-Forwarded-For: 192.0.2.66\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(403);
      wire.send(GET + "X-Forwarded-For: 192.0.2.66, 192.0.2.1\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(200);
    }
    AppPolicy limited =
        Policy.route("/*")
            .limit(1, Duration.ofHours(1), RateLimit.By.ADDRESS, null)
            .end(new Ingress(HERE, false));
    rig.rules(limited);
    try (Wire wire = rig.connect()) {
      for (String[] each : new String[][] {{"1", "200"}, {"1", "429"}, {"2", "200"}}) {
        wire.send(GET + "X-Forwarded-For: 192.0.2." + each[0] + "\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(Integer.parseInt(each[1]));
      }
    }
  }

  @Test
  void strangersNameNobody() throws Exception {
    rig.rules(open(new Ingress(List.of("10.0.0.0/8"), false)));
    try (Wire wire = rig.connect()) {
      wire.send(GET + "X-Forwarded-For: 192.0.2.66\r\nX-Forwarded-Proto: https\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(200);
      wire.send(GET + "Forwarded: for=192.0.2.66;proto=https\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(200);
    }
    assertThat(replica.everything())
        .contains("Forwarded: for=127.0.0.1;proto=http;")
        .contains("X-Forwarded-For: 127.0.0.1\r\n", "X-Forwarded-Proto: http\r\n")
        .doesNotContain("192.0.2.66");
  }

  @Test
  void proxyHeadersNameTheClientOfAConnection() throws Exception {
    rig.rules(open(new Ingress(HERE, true)));
    byte[] binary =
        HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000201c633640103e80050");
    try (Wire wire = rig.connect()) {
      for (byte each : binary) {
        wire.send(new byte[] {each});
      }
      wire.send(GET + "\r\n");
      assertThat(wire.response().status()).isEqualTo(200);
      wire.send(GET + "\r\n");
      assertThat(wire.response().status()).isEqualTo(200);
    }
    try (Wire wire = rig.connect()) {
      wire.send("PROXY TCP4 192.0.2.66 198.51.100.1 1000 80\r\n" + GET + "\r\n");
      assertThat(wire.response().status()).isEqualTo(403);
    }
    assertThat(rig.exchange().client).isEqualTo("192.0.2.1");
    assertThat(replica.everything()).contains("X-Forwarded-For: 192.0.2.1\r\n");
    assertThat(replica.requests).hasSize(2);
  }

  @Test
  void aBalancerWithoutHeaderIsCutOff() throws Exception {
    rig.rules(open(new Ingress(HERE, true)));
    for (String start : new String[] {GET + "\r\n", "PROXY TCP4 x y 1 2\r\n" + GET + "\r\n"}) {
      try (Wire wire = rig.connect()) {
        wire.send(start);
        assertThat(wire.ended()).isTrue();
      }
    }
    assertThat(replica.requests).isEmpty();
  }

  @Test
  void aBalancerThatOnlyConnectsIsCutOffInTime() throws Exception {
    try (Rig hasty = new Rig(config -> config.with(Rigs.hasty()));
        Wire wire = hasty.rules(open(new Ingress(HERE, true))).connect()) {
      wire.send("PROXY TC");
      assertThat(wire.ended()).isTrue();
    }
  }

  @Test
  void strangersSendNoHeader() throws Exception {
    rig.rules(open(new Ingress(List.of("10.0.0.0/8"), true)));
    try (Wire wire = rig.connect()) {
      wire.send("PROXY TCP4 192.0.2.1 198.51.100.1 1000 80\r\n" + GET + "\r\n");
      assertThat(wire.response().status()).isEqualTo(400);
    }
    assertThat(replica.requests).isEmpty();
  }

  /**
   * One app wants the header of this peer, another does not, and both are served by one listener.
   */
  @Test
  void whatOneAppWantsOfAPeerIsNotAskedForAnother() throws Exception {
    rig.publish(
        List.of(
            rig.route("app", List.of("app.localhost"), List.of(upstream("app"))),
            rig.route("plain", List.of("plain.localhost"), List.of(upstream("plain")))));
    rig.rules(
        Map.of(
            "app", open(new Ingress(HERE, true)),
            "plain", Policy.route("/*").deny("192.0.2.66").end()));
    String header = "PROXY TCP4 192.0.2.1 198.51.100.1 1000 80\r\n";
    for (String[] each :
        new String[][] {
          {header, "app.localhost", "200"},
          {"", "app.localhost", "421"},
          {header, "plain.localhost", "421"},
          {"", "plain.localhost", "200"},
          {"\r\n", "plain.localhost", "200"},
        }) {
      try (Wire wire = rig.connect()) {
        String text =
            each[0] + "POST / HTTP/1.1\r\nHost: " + each[1] + "\r\nContent-Length: 0\r\n\r\n";
        for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
          wire.send(new byte[] {b});
        }
        assertThat(wire.response().status())
            .as(each[0] + each[1])
            .isEqualTo(Integer.parseInt(each[2]));
      }
    }
    try (Wire wire = rig.connect()) {
      wire.send("PROXY TCP4 x y 1 2\r\n" + GET + "\r\n");
      assertThat(wire.ended()).as("no sound header, and nothing else either").isTrue();
    }
    assertThat(replica.everything())
        .contains("X-Forwarded-For: 192.0.2.1\r\n", "X-Forwarded-For: 127.0.0.1\r\n");
    assertThat(replica.requests).hasSize(3);
  }

  private Upstream upstream(String app) {
    return new Upstream(app + "@", app, "web.1", "r1", replica.address());
  }

  @Test
  void theHeaderComesBeforeTls() throws Exception {
    try (TlsRig tls = new TlsRig(folder.resolve("tls"))) {
      tls.rig.serve(List.of(replica.address()));
      tls.rig.rules(open(new Ingress(HERE, true)));
      for (String[] each : new String[][] {{"192.0.2.1", "200"}, {"192.0.2.66", "403"}}) {
        try (Socket plain = new Socket(tls.address().getAddress(), tls.port())) {
          String header = "PROXY TCP4 " + each[0] + " 198.51.100.1 1000 443\r\n";
          plain.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
          SSLContext trust = TlsRig.trusting(List.of(tls.authority.certificate()));
          SSLSocket socket =
              (SSLSocket)
                  trust.getSocketFactory().createSocket(plain, "app.localhost", tls.port(), true);
          socket.setSoTimeout(15_000);
          socket.startHandshake();
          try (Wire wire = new Wire(socket)) {
            assertThat(wire.get("/").status()).isEqualTo(Integer.parseInt(each[1]));
          }
        }
      }
    }
    assertThat(replica.everything())
        .contains("X-Forwarded-For: 192.0.2.1\r\n", "X-Forwarded-Proto: https\r\n")
        .doesNotContain("192.0.2.66");
  }
}
