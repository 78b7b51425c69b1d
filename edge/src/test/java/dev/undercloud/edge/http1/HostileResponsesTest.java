package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A replica that breaks the protocol is found out at the byte where it does. */
class HostileResponsesTest {
  private final ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);

  static List<HostileResponse> all() {
    return HostileResponse.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void isRefused(HostileResponse response) {
    byte[] in = response.bytes();
    int step = in.length > 4096 ? 61 : 1;
    int verdict = Reject.MORE;
    for (int to = 0; to < in.length && verdict == Reject.MORE; to += step) {
      verdict = head.parse(in, 0, to, false);
    }
    int whole = head.parse(in, 0, in.length, false);
    assertThat(whole).isEqualTo(response.reject().code());
    assertThat(verdict == Reject.MORE || verdict == whole).isTrue();
  }
}
