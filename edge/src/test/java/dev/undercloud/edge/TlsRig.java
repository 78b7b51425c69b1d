package dev.undercloud.edge;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.tls.Engine;
import dev.undercloud.edge.tls.LocalAuthority;
import dev.undercloud.edge.tls.TlsConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A {@link Rig} that serves HTTPS too, and clients that trust its local authority alone. */
final class TlsRig implements AutoCloseable {
  /** {@code -Dedge.tls=JDK} runs every test on the fallback. */
  static final Engine ENGINE = Engine.valueOf(System.getProperty("edge.tls", "BORINGSSL"));

  final Rig rig;
  final Path folder;
  final LocalAuthority authority;
  private final Map<String, AppPolicy> policies = new LinkedHashMap<>();
  private long version;

  TlsRig(Path folder) {
    this(folder, config -> config);
  }

  TlsRig(Path folder, UnaryOperator<TlsConfig> change) {
    this(folder, change, edge -> edge);
  }

  TlsRig(Path folder, UnaryOperator<TlsConfig> change, UnaryOperator<EdgeConfig> also) {
    this(folder, change, also, Clock.system());
  }

  TlsRig(
      Path folder, UnaryOperator<TlsConfig> change, UnaryOperator<EdgeConfig> also, Clock clock) {
    this.folder = folder;
    Path ca = folder.resolve("ca");
    TlsConfig config = TlsConfig.on(Ports.onLoopback(0), ca).with(ENGINE);
    rig = new Rig(edge -> also.apply(edge.with(change.apply(config))), Entropy::fast, clock);
    authority = LocalAuthority.in(ca, clock);
  }

  InetSocketAddress address() {
    return rig.edge.secureAddresses().getFirst();
  }

  int port() {
    return address().getPort();
  }

  /** Rules for one app from now on. */
  void policy(String app, TlsPolicy tls) {
    policies.put(
        app,
        new AppPolicy(
            List.of(),
            Optional.empty(),
            List.of(),
            AppPolicy.NONE.balance(),
            tls,
            Optional.empty()));
    long next = ++version;
    rig.policies.publish(new EdgePolicies(next, policies));
    Rig.eventually(() -> rig.edge.view().policiesInForce() == next);
  }

  static TlsPolicy own(Path certificate, Path key) {
    return new TlsPolicy(
        Optional.of(certificate),
        Optional.of(key),
        Optional.empty(),
        false,
        Duration.ZERO,
        Optional.empty());
  }

  static TlsPolicy mutual(Path clientCa) {
    return new TlsPolicy(
        Optional.empty(),
        Optional.empty(),
        Optional.of(clientCa),
        false,
        Duration.ZERO,
        Optional.empty());
  }

  /** A connection as a browser makes it: by name, verified. */
  Wire connect(String name) throws IOException {
    return new Wire(socket(name));
  }

  SSLSocket socket(String name) throws IOException {
    return socket(name, trusting(List.of(authority.certificate())));
  }

  SSLSocket socket(String name, SSLContext trust) throws IOException {
    return socket(name, trust, new String[0]);
  }

  /** A connection that speaks HTTP/2. */
  SSLSocket http2() throws IOException {
    return socket("app.localhost", trusting(List.of(authority.certificate())), "h2");
  }

  private SSLSocket socket(String name, SSLContext trust, String... protocols) throws IOException {
    Socket plain = new Socket(address().getAddress(), port());
    SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket(plain, name, port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(15_000);
    socket.startHandshake();
    return socket;
  }

  static SSLContext trusting(List<X509Certificate> roots) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < roots.size(); i++) {
        store.setCertificateEntry("root" + i, roots.get(i));
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Makes {@code name.pem}, which vouches for itself, and {@code name.key}: ec or rsa. */
  void selfSigned(String name, String kind, String host, int days) throws Exception {
    openssl(
        "req",
        "-x509",
        "-newkey",
        kind,
        "-pkeyopt",
        kind.equals("ec") ? "ec_paramgen_curve:prime256v1" : "rsa_keygen_bits:2048",
        "-nodes",
        "-keyout",
        name + ".key",
        "-out",
        name + ".pem",
        "-days",
        "" + days,
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=DNS:" + host);
  }

  /** Makes an authority for clients, {@code clients.pem}, and a client of it, {@code me.pem}. */
  void clientAuthority() throws Exception {
    selfSigned("clients", "ec", "clients.test", 2);
    openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        "me.key",
        "-out",
        "me.csr",
        "-subj",
        "/CN=me");
    openssl(
        "x509",
        "-req",
        "-in",
        "me.csr",
        "-CA",
        "clients.pem",
        "-CAkey",
        "clients.key",
        "-CAcreateserial",
        "-out",
        "me.pem",
        "-days",
        "2");
  }

  /** Runs openssl in the folder. */
  void openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(command + " said " + said);
    }
  }

  /** What {@code openssl s_client} says, which trusts the local authority. */
  String client(String input, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port()));
    command.addAll(List.of("-CAfile", ca().toString()));
    command.addAll(List.of(options));
    return tool(input, command.toArray(String[]::new));
  }

  /** The local authority's certificate, in a file for tools. */
  Path ca() throws IOException {
    Path file = folder.resolve("trust.pem");
    Files.writeString(file, authority.pem());
    return file;
  }

  /** Runs a tool with {@code input}; what it said on both streams. */
  static String tool(String input, String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException ended) {
      // It did not want to read all.
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", command) + " did not end; it said " + said);
    }
    return said;
  }

  @Override
  public void close() {
    rig.close();
  }
}
