package dev.undercloud.edge;

import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.tls.LocalAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Debian's pebble, an ACME authority for tests, and its DNS server, which sends all names here. */
public final class Pebble implements AutoCloseable {
  private final List<Process> processes = new ArrayList<>();
  private final Path log;
  private final int directoryPort = freePort();
  private final int rootsPort = freePort();
  private final int dnsPort = freePort();
  private final int dnsControl = freePort();
  private final HttpClient client;
  private final List<String> command;
  private final boolean credulous;
  private Process authority;

  /** Whether it is there; else the reason is printed, for whoever wonders. */
  public static boolean isInstalled() {
    boolean found =
        Files.isExecutable(Path.of("/usr/bin/pebble"))
            && Files.isExecutable(Path.of("/usr/bin/pebble-challtestsrv"));
    if (!found) {
      System.err.println("SKIPPED: the Debian package pebble is missing; ./dev test installs it");
    }
    return found;
  }

  /**
   * @param httpPort where it looks for HTTP-01
   * @param tlsPort where it looks for TLS-ALPN-01
   */
  Pebble(Path folder, int httpPort, int tlsPort) throws Exception {
    this(folder, httpPort, tlsPort, false);
  }

  /** One that believes every proof without a look. */
  public static Pebble credulous(Path folder) throws Exception {
    return new Pebble(folder, 1, 1, true);
  }

  /** One that finds nothing where it looks for proofs. */
  public static Pebble refusing(Path folder) throws Exception {
    return new Pebble(folder, 1, 1, false);
  }

  private Pebble(Path folder, int httpPort, int tlsPort, boolean credulous) throws Exception {
    this.credulous = credulous;
    log = folder.resolve("pebble.log");
    own(folder).leaf(List.of("localhost", "127.0.0.1"));
    client = HttpClient.newBuilder().sslContext(trust(folder)).build();
    Path identity;
    try (var files = Files.list(folder.resolve("pebble-ca/leafs"))) {
      identity = files.findFirst().orElseThrow();
    }
    Path config =
        Files.writeString(
            folder.resolve("pebble.json"),
            """
            {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
             "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": %d}}
            """
                .formatted(directoryPort, rootsPort, identity, identity, httpPort, tlsPort));
    start(
        "pebble-challtestsrv",
        "-http01",
        "",
        "-https01",
        "",
        "-tlsalpn01",
        "",
        "-dns01",
        "127.0.0.1:" + dnsPort,
        "-management",
        "127.0.0.1:" + dnsControl);
    command = List.of("pebble", "-config", config.toString(), "-dnsserver", "127.0.0.1:" + dnsPort);
    authority = start(command.toArray(String[]::new));
    Rig.eventually(() -> answers(directoryPort) && answers(rootsPort) && answers(dnsControl));
  }

  /** What clients of it in this folder trust, whether it runs already or not. */
  public static SSLContext trust(Path folder) {
    return TlsRig.trusting(List.of(own(folder).certificate()));
  }

  private static LocalAuthority own(Path folder) {
    return LocalAuthority.in(folder.resolve("pebble-ca"), Clock.system());
  }

  /** Ends, and starts again where it was, without any memory of accounts and orders. */
  public void forget() throws Exception {
    authority.destroy();
    authority.waitFor();
    authority = start(command.toArray(String[]::new));
    Rig.eventually(() -> answers(directoryPort));
  }

  private Process start(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
    builder.environment().put("PEBBLE_AUTHZREUSE", "0");
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    if (credulous) {
      builder.environment().put("PEBBLE_VA_ALWAYS_VALID", "1");
    }
    Process started = builder.start();
    processes.add(started);
    return started;
  }

  private static boolean answers(int port) {
    try (Socket probe = new Socket("127.0.0.1", port)) {
      return probe.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public String directory() {
    return "https://localhost:" + directoryPort + "/dir";
  }

  /** The root of the certificates that it gives. */
  X509Certificate root() throws Exception {
    HttpRequest ask =
        HttpRequest.newBuilder(URI.create("https://localhost:" + rootsPort + "/roots/0")).build();
    byte[] pem = client.send(ask, HttpResponse.BodyHandlers.ofByteArray()).body();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }

  /** Answers TXT queries. */
  AutoCloseable txt(String name, String text) {
    dns("set-txt", "{\"host\":\"%s.\",\"value\":\"%s\"}".formatted(name, text));
    return () -> dns("clear-txt", "{\"host\":\"%s.\"}".formatted(name));
  }

  private void dns(String verb, String json) {
    try {
      client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + dnsControl + "/" + verb))
              .POST(HttpRequest.BodyPublishers.ofString(json))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  String said() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
  }
}
