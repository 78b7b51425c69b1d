package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.edge.acme.AcmeConfig;
import dev.undercloud.edge.acme.DnsChallenges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of a real ACME authority, by each of the three challenges. */
@Timeout(120)
class AcmeTest {
  private static final Duration FIRST_RETRY = Duration.ofHours(1);

  @TempDir Path folder;
  final AtomicReference<Pebble> pebble = new AtomicReference<>();
  final List<AutoCloseable> open = new ArrayList<>();
  Backend backend;
  SSLContext trust;

  @BeforeEach
  void start() {
    trust = Pebble.trust(folder);
    assumeTrue(Pebble.isInstalled(), "the Debian package pebble is missing");
    backend = Backend.tcp(Backend.saying("hello"));
    open.add(backend);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  /** An edge whose ports pebble looks at; it finds pebble once that runs. */
  private TlsRig edge(DnsChallenges dns, Duration retry) {
    AcmeConfig acme =
        new AcmeConfig(
            folder.resolve("acme"),
            dns,
            Optional.of(trust),
            5,
            retry,
            retry,
            Duration.ofSeconds(20));
    TlsRig rig = new TlsRig(folder, config -> config, edge -> edge.with(acme));
    open.add(rig);
    return rig;
  }

  private void serve(TlsRig tls, String... hosts) {
    List<AppRoute> apps = new ArrayList<>();
    for (String host : hosts) {
      String app = host.substring(0, host.indexOf('.'));
      Upstream upstream = new Upstream(app + "@1", app, "web.1", "r1", backend.address());
      apps.add(tls.rig.route(app, List.of(host), List.of(upstream)));
    }
    tls.rig.publish(apps);
  }

  private void order(TlsRig tls, String host, String challenge) {
    TlsPolicy.Acme acme =
        new TlsPolicy.Acme(pebble.get().directory(), List.of(host), "ops@shop.test", challenge);
    tls.policy(
        host.substring(0, host.indexOf('.')),
        new TlsPolicy(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true,
            Duration.ZERO,
            Optional.of(acme)));
  }

  private void run(TlsRig tls) throws Exception {
    pebble.set(new Pebble(folder, tls.rig.address().getPort(), tls.port()));
    open.add(pebble.get());
  }

  private void eventuallyServedBy(TlsRig tls, String host) throws Exception {
    X509Certificate root = pebble.get().root();
    Rig.eventually(() ->
        tls.rig.log.stream().anyMatch(l -> l.message().startsWith(host + " has a certificate")));
    try (SSLSocket socket = tls.socket(host, TlsRig.trusting(List.of(root)));
        Wire wire = new Wire(socket)) {
      assertThat(wire.get(host, "/").text()).isEqualTo("hello");
    }
  }

  @Test
  void eachChallengeBringsACertificate() throws Exception {
    TlsRig tls = edge((name, text) -> pebble.get().txt(name, text), FIRST_RETRY);
    serve(tls, "web.shop.test", "alpn.shop.test", "txt.shop.test");
    // Before there is one, clients get what there is.
    try (Wire wire = tls.connect("web.shop.test")) {
      assertThat(wire.get("web.shop.test", "/").text()).isEqualTo("hello");
    }
    run(tls);
    order(tls, "web.shop.test", "http-01");
    eventuallyServedBy(tls, "web.shop.test");
    order(tls, "alpn.shop.test", "tls-alpn-01");
    eventuallyServedBy(tls, "alpn.shop.test");
    order(tls, "txt.shop.test", "dns-01");
    eventuallyServedBy(tls, "txt.shop.test");
    try (Stream<Path> files = Files.walk(folder.resolve("acme"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as("%s", file)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void anOrderThatWasBrokenOffIsTakenUpAgain() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    TlsRig first =
        edge(
            (name, text) -> {
              try {
                never.await();
              } catch (InterruptedException killed) {
                Thread.currentThread().interrupt();
              }
              throw new IllegalStateException("killed");
            },
            FIRST_RETRY);
    serve(first, "txt.shop.test");
    run(first);
    order(first, "txt.shop.test", "dns-01");
    Rig.eventually(() -> states().stream().anyMatch(s -> s.contains("my-order")));
    // What is on disk now is what kill -9 leaves: a later edge knows nothing else.
    copy(folder.resolve("acme"), folder.resolve("left"));
    first.close();
    open.remove(first);
    delete(folder.resolve("acme"));
    Files.move(folder.resolve("left"), folder.resolve("acme"));
    TlsRig second = edge((name, text) -> pebble.get().txt(name, text), FIRST_RETRY);
    serve(second, "txt.shop.test");
    order(second, "txt.shop.test", "dns-01");
    eventuallyServedBy(second, "txt.shop.test");
    assertThat(states().getFirst().split("T").length - 1)
        .as("one order, and no time of a next attempt but the epoch: " + states())
        .isEqualTo(2);
  }

  private List<String> states() {
    try (Stream<Path> files = Files.walk(folder.resolve("acme"))) {
      List<String> found = new ArrayList<>();
      for (Path file : files.filter(f -> f.endsWith("state.json")).toList()) {
        found.add(Files.readString(file));
      }
      return found;
    } catch (IOException notYet) {
      return List.of();
    }
  }

  @Test
  void afterAFailureItWaitsAndSaysWhy() throws Exception {
    TlsRig tls = edge(DnsChallenges.NONE, FIRST_RETRY);
    serve(tls, "web.shop.test");
    pebble.set(new Pebble(folder, 1, 1));
    open.add(pebble.get());
    order(tls, "web.shop.test", "http-01");
    Rig.eventually(() ->
        tls.rig.log.stream()
            .anyMatch(l ->
                l.message().contains("got no certificate")
                    && l.message().contains("was not proved")
                    && l.message().contains("attempt is in 1h.")));
    assertThat(states().getFirst()).contains("\"failures\":1").contains("\"open\":\"\"");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
