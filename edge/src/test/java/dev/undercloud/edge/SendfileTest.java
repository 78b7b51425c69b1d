package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that the kernel sends by itself: what is around them holds as for any response. */
@Timeout(60)
class SendfileTest {
  private static final String HOST = " HTTP/1.1\r\nHost: app.localhost\r\n";
  private static final int MEGABYTE = 1 << 20;
  private static final int LARGE = 5 * MEGABYTE + 7;

  @TempDir Path folder;
  private byte[] large;
  private Rig rig;
  private Backend backend;

  @BeforeEach
  void start() throws IOException {
    large = bytes(LARGE);
    write("large.bin", large);
    backend = Backend.unix(folder.resolve("s"), Backend.saying("the app"));
    rig = new Rig().serve(backend).rules(files());
  }

  @AfterEach
  void end() throws IOException {
    rig.close();
    backend.close();
    assertThat(openFiles()).isZero();
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = java.nio.file.Files.createDirectories(folder.resolve("assets")).resolve(name);
    java.nio.file.Files.write(file, content);
    java.nio.file.Files.setLastModifiedTime(
        file, FileTime.from(Clock.system().now().minus(Duration.ofHours(1))));
  }

  private AppPolicy files() {
    RouteOptions options = RouteOptions.NONE.with(new Files(folder.resolve("assets"), "/assets/"));
    RouteRule rule =
        new RouteRule("undercloud.toml:1", "/assets/*", List.of(), Set.of(), Map.of(), options);
    return AppPolicy.NONE.withRoutes(List.of(rule));
  }

  /** Descriptors of this process that lead below the served folder. */
  private long openFiles() throws IOException {
    String below = folder.toRealPath().resolve("assets").toString();
    try (Stream<Path> all = java.nio.file.Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(fd -> leadsTo(fd).startsWith(below)).count();
    }
  }

  private static String leadsTo(Path descriptor) {
    try {
      return java.nio.file.Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        8191,
        8192,
        8193,
        32_767,
        32_768,
        32_769,
        65_537,
        MEGABYTE - 1,
        MEGABYTE,
        MEGABYTE + 1,
        2 * MEGABYTE,
        2 * MEGABYTE + 1
      })
  void everySizeComesWhole(int size) throws Exception {
    byte[] content = bytes(size);
    write("some.bin", content);
    try (Wire client = rig.connect()) {
      client.send(("GET /assets/some.bin" + HOST + "\r\n").repeat(2));
      assertThat(client.response().body()).isEqualTo(content);
      assertThat(client.response().body()).isEqualTo(content);
      Wire.Response head = client.send("HEAD /assets/some.bin" + HOST + "\r\n").response(true);
      assertThat(head.field("content-length")).isEqualTo(String.valueOf(size));
      assertThat(client.get("/").text()).isEqualTo("the app");
    }
    ExchangeSlot told = rig.exchange();
    assertThat(told.outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
    assertThat(told.responseBytes).isEqualTo(size);
  }

  @Test
  void rangesAreCutFromTheFile() throws Exception {
    try (Wire client = rig.connect()) {
      int[][] ranges = {
        {0, 0}, {1, 100_000}, {MEGABYTE - 1, 3 * MEGABYTE}, {LARGE - 40_000, LARGE}
      };
      for (int[] range : ranges) {
        String asked = "Range: bytes=" + range[0] + "-" + range[1] + "\r\n\r\n";
        Wire.Response part = client.send("GET /assets/large.bin" + HOST + asked).response();
        assertThat(part.status()).isEqualTo(206);
        int end = Math.min(range[1] + 1, LARGE);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(large, range[0], end));
      }
      String several = "Range: bytes=5-200000,400000-400009\r\n\r\n";
      Wire.Response parts = client.send("GET /assets/large.bin" + HOST + several).response();
      assertThat(parts.field("content-type")).startsWith("multipart/byteranges");
      assertThat(parts.body().length).isGreaterThan(200_006);
    }
  }

  @Test
  void aClientThatReadsSlowlyGetsItAll() throws Exception {
    try (Wire slow = new Wire(rig.address(), 4096);
        Wire quick = rig.connect()) {
      slow.send("GET /assets/large.bin" + HOST + "\r\n");
      slow.head();
      // While one is being sent, others are served by the same loops.
      assertThat(quick.get("/assets/large.bin").body()).isEqualTo(large);
      assertThat(slow.in.readNBytes(LARGE)).isEqualTo(large);
      slow.send("GET /" + HOST + "\r\n");
      assertThat(slow.response().text()).isEqualTo("the app");
    }
  }

  @Test
  void aClientThatDoesNotReadIsCutOff() throws Exception {
    try (Rig hasty = new Rig(config -> config.with(Rigs.hasty()));
        Wire stuck = new Wire(hasty.serve(backend).rules(files()).address(), 4096)) {
      stuck.send("GET /assets/large.bin" + HOST + "\r\n");
      stuck.head();
      ExchangeSlot cut = hasty.exchange();
      assertThat(cut.outcome).isEqualTo(Outcome.TIMED_OUT);
      assertThat(cut.error).contains("too slowly");
      assertThat(cut.responseBytes).isLessThan(LARGE);
    }
  }

  @Test
  void aClientThatLeavesIsToldOf() throws Exception {
    try (Wire leaving = new Wire(rig.address(), 4096)) {
      leaving.send("GET /assets/large.bin" + HOST + "\r\n");
      leaving.head();
    }
    ExchangeSlot left = rig.exchange();
    assertThat(left.outcome).isEqualTo(Outcome.CLIENT_ABORTED);
    assertThat(left.responseBytes).isLessThan(LARGE);
    try (Wire next = rig.connect()) {
      assertThat(next.get("/assets/large.bin").body()).isEqualTo(large);
    }
  }

  @Test
  void throughTlsItIsReadAndEncrypted() throws Exception {
    try (TlsRig tls = new TlsRig(folder.resolve("tls"))) {
      tls.rig.serve(backend).rules(files());
      try (Wire client = tls.connect("app.localhost")) {
        assertThat(client.get("/assets/large.bin").body()).isEqualTo(large);
      }
    }
  }

  @Test
  void overHttp2ItIsReadAndFramed() throws Exception {
    try (H2Wire client = H2Wire.to(rig.address(), 4, LARGE * 2)) {
      client.send(H2Wire.frame(8, 0, 0, H2Wire.number(LARGE * 2)));
      client.get(1, "/assets/large.bin");
      assertThat(client.until(1).body.toByteArray()).isEqualTo(large);
    }
  }
}
