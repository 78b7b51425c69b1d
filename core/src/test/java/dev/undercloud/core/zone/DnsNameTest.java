package dev.undercloud.core.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNameTest {
  @ParameterizedTest
  @CsvSource({
    "example.com,example.com.",
    "example.com.,example.com.",
    ".,.",
    "WWW.Example.com,WWW.Example.com.",
    "*.example.com,*.example.com.",
    "a\\.b.example,a\\.b.example.",
    "a\\046b.example,a\\.b.example.",
    "\\000\\255.example,\\000\\255.example.",
    "_acme-challenge.example,_acme-challenge.example."
  })
  void readsAndWrites(String text, String written) {
    DnsName name = DnsName.of(text);
    assertThat(name).hasToString(written);
    assertThat(DnsName.of(name.toString())).isEqualTo(name);
    assertThat(DnsName.fromWire(name.toWire(), 0).toWire()).isEqualTo(name.toWire());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".a", "a..b", "a\\", "a\\2", "a\\25x", "a\\256"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> DnsName.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isAtMost255OctetsOfLabelsOfAtMost63() {
    String label = "a".repeat(63);
    assertThat(DnsName.of(label).length()).isEqualTo(65);
    assertThatThrownBy(() -> DnsName.of(label + "a")).hasMessageContaining("63");
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertThat(DnsName.of(longest).length()).isEqualTo(255);
    assertThatThrownBy(() -> DnsName.of(longest + "a")).hasMessageContaining("255");
    assertThatThrownBy(() -> DnsName.of("a.".repeat(127) + "a")).hasMessageContaining("255");
    assertThat(DnsName.of("a.".repeat(127)).length()).isEqualTo(255);
  }

  @Test
  void comparesWithoutCase() {
    assertThat(DnsName.of("WWW.example")).isEqualTo(DnsName.of("www.EXAMPLE."));
    assertThat(DnsName.of("WWW.example")).hasSameHashCodeAs(DnsName.of("www.EXAMPLE."));
    assertThat(DnsName.of("a.example")).isNotEqualTo(DnsName.of("b.example"));
  }

  @ParameterizedTest
  @CsvSource({
    "a.example.com,example.com,true",
    "example.com,example.com,true",
    "A.EXAMPLE.com,example.COM,true",
    "example.com,.,true",
    "aexample.com,example.com,false",
    "com,example.com,false",
    // The label's length octet is not the zone's first.
    "\\007example.com,example.com,false",
  })
  void knowsWhatIsBelowIt(String name, String zone, boolean in) {
    assertThat(DnsName.of(name).isIn(DnsName.of(zone))).isEqualTo(in);
  }

  @Test
  void ordersZonesBeforeWhatIsBelow() {
    assertThat(DnsName.of("b.a.")).isGreaterThan(DnsName.of("a."));
    assertThat(DnsName.of("z.a.")).isLessThan(DnsName.of("b."));
  }
}
