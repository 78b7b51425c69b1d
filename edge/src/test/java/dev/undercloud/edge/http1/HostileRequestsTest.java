package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every hostile request is refused for its reason, whatever pieces it comes in. */
class HostileRequestsTest {
  private static final byte[] SMUGGLED =
      "GET /smuggled HTTP/1.1\r\nHost: a.localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final RequestReader reader = new RequestReader();

  static List<HostileRequest> all() {
    return HostileRequest.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void isRefused(HostileRequest request) {
    byte[] in = request.bytes();
    assertThat(verdict(reader.whole(in))).isEqualTo(request.reject().name());
    assertThat(verdict(reader.inPieces(in, in.length > 8192 ? 211 : 1)))
        .isEqualTo(request.reject().name());
    assertThat(verdict(reader.inPieces(in, in.length > 8192 ? 1009 : 7)))
        .isEqualTo(request.reject().name());
    assertThat(verdict(reader.inRandomPieces(in, new Random(1))))
        .isEqualTo(request.reject().name());
    byte[] more = Arrays.copyOf(in, in.length + SMUGGLED.length);
    System.arraycopy(SMUGGLED, 0, more, in.length, SMUGGLED.length);
    assertThat(verdict(reader.whole(more))).isEqualTo(request.reject().name());
  }

  /** Behind each cut comes all the rest at once, a smuggled request with it. */
  @ParameterizedTest
  @MethodSource("all")
  void isRefusedHoweverItIsCutInTwo(HostileRequest request) {
    byte[] in = request.bytes();
    byte[] more = Arrays.copyOf(in, in.length + SMUGGLED.length);
    System.arraycopy(SMUGGLED, 0, more, in.length, SMUGGLED.length);
    int step = in.length > 200 ? 97 : 1;
    for (int first = 1; first < more.length; first += step) {
      if (reader.inTwo(more, first) != request.reject().code()) {
        fail("cut at %d: %s", first, verdict(reader.inTwo(more, first)));
      }
    }
  }

  /** No verdict is taken back when more bytes come, and none comes late. */
  @ParameterizedTest
  @MethodSource("all")
  void theVerdictStandsFromItsByteOn(HostileRequest request) {
    byte[] in = request.bytes();
    int step = in.length > 4096 ? 61 : 1;
    int verdict = Reject.MORE;
    for (int to = 0; to <= in.length; to += step) {
      int now = reader.head.parse(in, 0, to);
      if (verdict != Reject.MORE) {
        assertThat(now).as("after %s of %s bytes", to, in.length).isEqualTo(verdict);
      }
      verdict = now;
    }
  }

  @Test
  void everyRejectOfRequestsIsProvoked() {
    Set<Reject> missing = EnumSet.allOf(Reject.class);
    all().forEach(request -> missing.remove(request.reject()));
    assertThat(missing).containsExactlyInAnyOrder(Reject.STATUS_LINE, Reject.BODY_IN_INTERIM);
    assertThat(all()).hasSizeGreaterThan(250);
    assertThat(all().stream().map(HostileRequest::toString)).doesNotHaveDuplicates();
  }

  private static String verdict(int result) {
    return Reject.is(result)
        ? Reject.of(result).name()
        : result == Reject.MORE ? "needs more" : "accepted " + result + " bytes";
  }
}
