package dev.undercloud.control.health;

import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.Durations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A health check by HTTP/1.1 (RFC 9112) or HTTP/2 (RFC 9113): one GET on a connection of its own.
 * Without a health path it asks for {@code /} and takes 2xx, 3xx, 401 and 404 as alive; with one,
 * 2xx and 3xx. {@link Http2Exchange} tells what is different by HTTP/2.
 */
public final class HttpProbe implements Probe {
  private final Clock clock;
  private final boolean http2;

  /** One that speaks HTTP/1.1. */
  public HttpProbe(Clock clock) {
    this(clock, false);
  }

  private HttpProbe(Clock clock, boolean http2) {
    this.clock = clock;
    this.http2 = http2;
  }

  /** One that speaks HTTP/2 with prior knowledge. */
  public static HttpProbe http2(Clock clock) {
    return new HttpProbe(clock, true);
  }

  @Override
  public Answer ask(Address address, String host, HealthCheck check) {
    AtomicBoolean late = new AtomicBoolean();
    AtomicBoolean connected = new AtomicBoolean();
    try (SocketChannel channel = open(address)) {
      Thread watchdog =
          Thread.ofVirtual().name("health-timeout").start(() -> cut(channel, check, late));
      try {
        connect(channel, address);
        connected.set(true);
        return http2
            ? new Http2Exchange(channel).ask(host, check)
            : exchange(channel, host, check, late);
      } finally {
        watchdog.interrupt();
      }
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        return Answer.failed("the check was interrupted");
      }
      return failure(address, check, e, late.get(), connected.get());
    }
  }

  private static Answer exchange(
      SocketChannel channel, String host, HealthCheck check, AtomicBoolean late)
      throws IOException {
    String path = check.path() == null ? "/" : check.path();
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: undercloud-health\r\nAccept: */*\r\n"
                .formatted(path, host)
            + "X-Forwarded-Proto: http\r\nConnection: close\r\n\r\n";
    ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
    while (out.hasRemaining()) {
      channel.write(out);
    }
    ResponseHead head = ResponseHead.read(channel);
    try {
      head.skipBody(channel);
    } catch (IOException e) {
      // The status is known; a body that is long, slow or cut says nothing against it.
      late.set(false);
    }
    return judge(head, host, path, check.path() == null);
  }

  private static Answer judge(ResponseHead head, String host, String path, boolean lenient) {
    return judge(head.status(), head.phrase(), host, path, lenient);
  }

  static Answer judge(int status, String phrase, String host, String path, boolean lenient) {
    if (status >= 200 && status < 400 || lenient && (status == 401 || status == 404)) {
      return Answer.PASSED;
    }
    String said = "answers " + (status + " " + phrase).strip() + " to GET " + path;
    return Answer.failed(
        status == 400
            ? said + ": perhaps it refuses the Host " + host + " (Django: ALLOWED_HOSTS)"
            : said);
  }

  private static Answer failure(
      Address address, HealthCheck check, IOException e, boolean late, boolean connected) {
    String limit = Durations.format(check.timeout());
    if (late && connected) {
      return Answer.noAnswer("takes the connection but does not answer within " + limit);
    }
    if (late) {
      return Answer.noAnswer(
          "does not take a connection on " + words(address) + " within " + limit);
    }
    if (connected) {
      String said =
          e instanceof BadAnswer ? e.getMessage() : "closes the connection without an answer";
      return Answer.failed(String.valueOf(said));
    }
    if (address instanceof Address.Unix unix && !Files.exists(unix.path())) {
      return Answer.failed("has not made its socket");
    }
    return Answer.failed("does not listen on " + words(address));
  }

  /** As people would say it. */
  static String words(Address address) {
    return switch (address) {
      case Address.Unix _ -> "its socket";
      case Address.Tcp tcp -> tcp.toString();
    };
  }

  private static SocketChannel open(Address address) throws IOException {
    return switch (address) {
      case Address.Unix _ -> SocketChannel.open(StandardProtocolFamily.UNIX);
      case Address.Tcp _ -> SocketChannel.open();
    };
  }

  private static void connect(SocketChannel channel, Address address) throws IOException {
    switch (address) {
      case Address.Unix unix -> channel.connect(UnixDomainSocketAddress.of(unix.path()));
      case Address.Tcp tcp -> channel.connect(new InetSocketAddress(tcp.host(), tcp.port()));
    }
  }

  /** A blocking channel has no timeout of its own: closing it ends whatever waits on it. */
  private void cut(SocketChannel channel, HealthCheck check, AtomicBoolean late) {
    try {
      clock.sleep(check.timeout());
      late.set(true);
      channel.close();
    } catch (InterruptedException | ClosedChannelException e) {
      // The check was quicker.
    } catch (IOException e) {
      // Nothing is left to be done about a channel that cannot even be closed.
    }
  }
}
