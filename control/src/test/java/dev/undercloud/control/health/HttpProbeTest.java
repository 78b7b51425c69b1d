package dev.undercloud.control.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HttpProbeTest {
  @TempDir Path folder;
  private final HttpProbe probe = new HttpProbe(Clock.system());
  private final AtomicReference<String> request = new AtomicReference<>("");

  private static HealthCheck check(String path) {
    return new HealthCheck(
        path, Duration.ofSeconds(1), Duration.ofMillis(400), Duration.ofSeconds(1));
  }

  /** What a server that says {@code bytes} to whoever comes is found to be. */
  private Answer ask(HealthCheck check, boolean hangUp, String... bytes) throws Exception {
    Path socket = folder.resolve("s" + System.nanoTime());
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread.startVirtualThread(() -> serve(server, hangUp, bytes));
      return probe.ask(new Address.Unix(socket), "articles.localhost", check);
    }
  }

  private void serve(ServerSocketChannel server, boolean hangUp, String... bytes) {
    try (SocketChannel client = server.accept()) {
      ByteBuffer in = ByteBuffer.allocate(4096);
      client.read(in);
      request.set(StandardCharsets.ISO_8859_1.decode(in.flip()).toString());
      for (String part : bytes) {
        client.write(ByteBuffer.wrap(part.getBytes(StandardCharsets.ISO_8859_1)));
        Thread.sleep(20);
      }
      if (!hangUp) {
        client.read(ByteBuffer.allocate(1));
      }
    } catch (IOException | InterruptedException e) {
      // The check has left.
    }
  }

  private static String head(int status) {
    return "HTTP/1.1 " + status + " Phrase\r\nContent-Length: 2\r\n\r\nok";
  }

  @ParameterizedTest
  @CsvSource({
    "200,true,true",
    "204,true,true",
    "302,true,true",
    "401,true,false",
    "404,true,false",
    "400,false,false",
    "403,false,false",
    "500,false,false",
    "503,false,false"
  })
  void judgesByStatus(int status, boolean withoutPath, boolean withPath) throws Exception {
    assertThat(ask(check(null), false, head(status)).passed()).isEqualTo(withoutPath);
    assertThat(ask(check("/healthz"), false, head(status)).passed()).isEqualTo(withPath);
  }

  @Test
  void asksAsTheAppsOwnHost() throws Exception {
    ask(check("/healthz?deep=1"), false, head(200));
    assertThat(request.get())
        .startsWith("GET /healthz?deep=1 HTTP/1.1\r\n")
        .contains("\r\nHost: articles.localhost\r\n")
        .contains("\r\nUser-Agent: undercloud-health\r\n")
        .endsWith("\r\n\r\n");
    assertThat(ask(check("/healthz"), false, head(500)).reason())
        .isEqualTo("answers 500 Phrase to GET /healthz");
    assertThat(ask(check(null), false, head(400)).reason()).contains("ALLOWED_HOSTS");
  }

  @Test
  void readsAnswersInAnyPieces() throws Exception {
    assertThat(ask(check(null), false, "HTT", "P/1.1 2", "00 OK\r", "\n\r", "\nbody").passed())
        .isTrue();
    assertThat(ask(check(null), true, "HTTP/1.0 200\r\n\r\nuntil the end").passed()).isTrue();
    assertThat(
            ask(check(null), false, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + head(500))
                .passed())
        .isFalse();
  }

  @Test
  void aBodyThatNeverEndsIsNoFailure() throws Exception {
    Answer answer = ask(check(null), false, "HTTP/1.1 200 OK\r\n\r\n", "data: 1\n\n");
    assertThat(answer.passed()).isTrue();
  }

  @Test
  void silenceIsToldFromRefusal() throws Exception {
    Answer silent = ask(check(null), false);
    assertThat(silent.silent()).isTrue();
    assertThat(silent.reason()).isEqualTo("takes the connection but does not answer within 400ms");
    Answer closed = ask(check(null), true);
    assertThat(closed.silent()).isFalse();
    assertThat(closed.reason()).isEqualTo("closes the connection without an answer");
    Answer missing = probe.ask(new Address.Unix(folder.resolve("none")), "a", check(null));
    assertThat(missing.reason()).isEqualTo("has not made its socket");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SSH-2.0-OpenSSH_9\r\n", "\0\0\0\0\0\0\0\0\0\0\0\0", "HTTP/2 200\r\n\r\n"})
  void otherProtocolsAreSaid(String bytes) throws Exception {
    Answer answer = ask(check(null), false, bytes);
    assertThat(answer.passed()).isFalse();
    assertThat(answer.reason()).startsWith("does not speak HTTP");
  }

  @Test
  void speaksTcpToo() throws Exception {
    int port;
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      Thread.startVirtualThread(() -> serve(server, false, head(200)));
      assertThat(probe.ask(new Address.Tcp("127.0.0.1", port), "a", check(null)).passed()).isTrue();
    }
    assertThat(probe.ask(new Address.Tcp("127.0.0.1", port), "a", check(null)).reason())
        .isEqualTo("does not listen on 127.0.0.1:" + port);
  }
}
