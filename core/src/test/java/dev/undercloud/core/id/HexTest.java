package dev.undercloud.core.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class HexTest {
  @Test
  void writesWhatTheFormatterWritesAndReadsItBack() {
    Entropy entropy = Entropy.seeded(5);
    byte[] out = new byte[Hex.WIDTH + 2];
    for (int i = 0; i < 10_000; i++) {
      long value = i < 256 ? i * 0x0101010101010101L : entropy.nextLong() >>> i % 64;
      String expected = String.format(Locale.ROOT, "%016x", value);
      assertThat(Hex.write(value, out, 1)).isEqualTo(17);
      assertThat(new String(out, 1, 16, StandardCharsets.US_ASCII)).isEqualTo(expected);
      assertThat(out[0] | out[17]).isZero();
      assertThat(Hex.of(value)).isEqualTo(expected);
      assertThat(Hex.parse(out, 1)).isEqualTo(value);
      assertThat(Hex.isHex(out, 1, 16)).isTrue();
    }
  }
}
