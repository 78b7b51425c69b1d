package dev.undercloud.observe.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQuerySlot;
import dev.undercloud.observe.Questions;
import dev.undercloud.observe.Slots;
import dev.undercloud.observe.model.Lookup;
import dev.undercloud.observe.model.Lookup.How;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which question a connection followed; moments are in milliseconds. */
class RecentQueriesTest {
  private static final Instant DAY = Instant.parse("2026-11-23T10:00:00Z");
  private static final String SHOP = "www.shop.test";

  private final RecentQueries recent = new RecentQueries(256);

  private static DnsQuerySlot question(String name, String client, long at) {
    return Questions.ordinary(name, client, at * 1_000_000, DAY.plusMillis(at));
  }

  private void asked(String name, String client, long at) {
    recent.add(question(name, client, at));
  }

  private static ExchangeSlot connection(String host, String client, long at) {
    ExchangeSlot slot = Slots.ordinary(1, DAY.plusMillis(at));
    byte[] octets = host.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(octets, 0, slot.host, 0, octets.length);
    slot.hostLength = octets.length;
    slot.client = client;
    slot.at[Stage.ACCEPT.ordinal()] = at * 1_000_000;
    return slot;
  }

  private @Nullable Lookup followed(String host, String client, long at) {
    return recent.match(connection(host, client, at));
  }

  private @Nullable How how(String host, String client, long at) {
    Lookup lookup = followed(host, client, at);
    return lookup == null ? null : lookup.how();
  }

  @Test
  void theClientsOwnQuestionIsTheFirstHop() {
    asked(SHOP, "192.0.2.7", 1_000);
    Lookup lookup = followed(SHOP + ":8080", "192.0.2.7", 1_003);
    assertThat(lookup)
        .isEqualTo(
            new Lookup(
                DAY.plusMillis(1_000).toEpochMilli() * 1_000,
                2_960,
                How.ADDRESS,
                false,
                "192.0.2.7",
                "www.shop.test.",
                1,
                "127.0.0.1",
                5,
                40));
  }

  @ParameterizedTest
  @CsvSource({
    "www.shop.test, true",
    "WWW.Shop.Test:8443, true",
    "www.shop.test., true",
    "shop.test, false",
    "a.www.shop.test, false",
    "192.0.2.1, false",
    "[::1]:80, false",
    "'', false"
  })
  void theNameIsThatOfTheHost(String host, boolean matches) {
    asked("WWW.shop.test", "192.0.2.7", 1_000);
    assertThat(how(host, "192.0.2.7", 1_001) != null).isEqualTo(matches);
  }

  @Test
  void aRequestOnAConnectionThatWasThereFollowsNothing() {
    asked(SHOP, "192.0.2.7", 1_000);
    ExchangeSlot second = connection(SHOP, "192.0.2.7", 1_001);
    second.at[Stage.ACCEPT.ordinal()] = ExchangeSlot.NEVER;
    assertThat(recent.match(second)).isNull();
  }

  @Test
  void theLastOfSeveralQuestionsCounts() {
    asked(SHOP, "192.0.2.7", 1_000);
    asked(SHOP, "192.0.2.7", 1_010);
    asked(SHOP, "192.0.2.7", 1_050);
    Lookup lookup = followed(SHOP, "192.0.2.7", 1_020);
    assertThat(lookup).isNotNull();
    assertThat(lookup.beforeMicros()).isEqualTo(9_960);
  }

  @Test
  void aSecondConnectionSaysThatTheAnswerWasKept() {
    asked(SHOP, "192.0.2.7", 1_000);
    assertThat(followed(SHOP, "192.0.2.7", 1_001)).extracting(Lookup::again).isEqualTo(false);
    assertThat(followed(SHOP, "192.0.2.7", 1_900)).extracting(Lookup::again).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource({
    // time to live, milliseconds until the connection
    "0, 1999, true",
    "0, 2001, false",
    "5, 4999, true",
    "5, 5001, false",
    "86400, 299999, true",
    "86400, 300001, false",
    "5, -1, false"
  })
  void aConnectionComesWhileTheAnswerMayBeKept(int ttl, long later, boolean matches) {
    DnsQuerySlot slot = question(SHOP, "192.0.2.7", 10_000);
    slot.answer = new Questions.Said(1, ttl, "127.0.0.1");
    slot.tookNanos = 0;
    recent.add(slot);
    assertThat(how(SHOP, "192.0.2.7", 10_000 + later) != null).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    // asker, client, how
    "127.0.0.1, 127.0.0.1, LOOPBACK",
    "127.0.0.53, 127.0.0.1, LOOPBACK",
    "192.0.2.7, 192.0.2.7, ADDRESS",
    "192.0.2.53, 192.0.2.7, NETWORK",
    "192.0.3.53, 192.0.2.7,",
    "127.0.0.1, 192.0.2.7,",
    "2001:db8:0:100::53, 2001:db8:0:1ff::7, NETWORK",
    "2001:db8:0:200::53, 2001:db8:0:1ff::7,",
    "2001:db8::7, 2001:db8::7, ADDRESS",
    "::1, ::1, LOOPBACK"
  })
  void whoAskedIsTheClientOrNearIt(String asker, String client, @Nullable How how) {
    asked(SHOP, asker, 1_000);
    assertThat(how(SHOP, client, 1_001)).isEqualTo(how);
  }

  @Test
  void aQuestionOfTheOtherFamilyLedNobodyHere() {
    DnsQuerySlot aaaa = question(SHOP, "192.0.2.7", 1_000);
    aaaa.type = 28;
    recent.add(aaaa);
    assertThat(how(SHOP, "192.0.2.7", 1_001)).isNull();
    assertThat(how(SHOP, "2001:db8::7", 1_001)).isNull();
  }

  @Test
  void questionsByIpv4LeadToIpv6OnThisMachine() {
    DnsQuerySlot aaaa = question(SHOP, "127.0.0.1", 1_000);
    aaaa.type = 28;
    recent.add(aaaa);
    assertThat(how(SHOP, "::1", 1_001)).isEqualTo(How.LOOPBACK);
  }

  @Test
  void ofTwoResolversInANetworkNeitherIsTaken() {
    asked(SHOP, "192.0.2.53", 1_000);
    asked(SHOP, "192.0.2.54", 1_001);
    assertThat(how(SHOP, "192.0.2.7", 1_002)).isNull();
    // One of them asking twice is one resolver, and the client itself is surer than both.
    asked("other.shop.test", "192.0.2.53", 1_000);
    asked("other.shop.test", "192.0.2.53", 1_001);
    assertThat(how("other.shop.test", "192.0.2.7", 1_002)).isEqualTo(How.NETWORK);
    asked(SHOP, "192.0.2.7", 900);
    assertThat(how(SHOP, "192.0.2.7", 1_002)).isEqualTo(How.ADDRESS);
  }

  @Test
  void twoProgramsOfThisMachineBehindDifferentAddressesAreNotTold() {
    asked(SHOP, "127.0.0.53", 1_000);
    asked(SHOP, "127.0.0.54", 1_000);
    assertThat(how(SHOP, "127.0.0.1", 1_001)).isNull();
  }

  @Test
  void aResolverAsksForASubnet() {
    recent.add(Questions.forSubnet(question(SHOP, "198.51.100.53", 1_000), "203.0.113.0/24"));
    assertThat(how(SHOP, "203.0.113.9", 1_001)).isEqualTo(How.SUBNET);
    assertThat(how(SHOP, "203.0.112.9", 1_001)).isNull();
    // It asked for somebody else, not for itself.
    assertThat(how(SHOP, "198.51.100.53", 1_001)).isNull();
    recent.add(Questions.forSubnet(question(SHOP, "198.51.100.54", 1_000), "203.0.113.0/24"));
    assertThat(how(SHOP, "203.0.113.9", 1_001)).isNull();
  }

  @Test
  void aSubnetIsAsNarrowAsItSaysAndAWideOneIsNone() {
    recent.add(Questions.forSubnet(question(SHOP, "198.51.100.53", 1_000), "203.0.113.9/32"));
    assertThat(how(SHOP, "203.0.113.9", 1_001)).isEqualTo(How.SUBNET);
    assertThat(how(SHOP, "203.0.113.8", 1_001)).isNull();
    String other = "other.shop.test";
    recent.add(Questions.forSubnet(question(other, "198.51.100.53", 1_000), "203.0.0.0/16"));
    assertThat(how(other, "203.0.113.9", 1_001)).isNull();
    assertThat(how(other, "198.51.100.7", 1_001)).isEqualTo(How.NETWORK);
  }

  @Test
  void whatWasNotAnsweredLedNobodyHere() {
    DnsQuerySlot missing = question(SHOP, "192.0.2.7", 1_000);
    missing.rcode = 3;
    DnsQuerySlot nothing = question(SHOP, "192.0.2.7", 1_000);
    nothing.answer = new Questions.Said(0, 0, "");
    DnsQuerySlot slipped = question(SHOP, "192.0.2.7", 1_000);
    slipped.reply = DnsQuery.Reply.SLIPPED;
    DnsQuerySlot text = question(SHOP, "192.0.2.7", 1_000);
    text.type = 16;
    for (DnsQuerySlot slot : new DnsQuerySlot[] {missing, nothing, slipped, text}) {
      recent.add(slot);
    }
    assertThat(how(SHOP, "192.0.2.7", 1_001)).isNull();
    assertThat(recent.newest(q -> true, 10)).hasSize(4);
  }

  @Test
  void anAliasCountsByTheNameThatWasAsked() {
    DnsQuerySlot alias = question(SHOP, "192.0.2.7", 1_000);
    alias.answer = new Questions.Said(2, 60, "web.shop.test., 192.0.2.80");
    recent.add(alias);
    assertThat(how(SHOP, "192.0.2.7", 1_001)).isEqualTo(How.ADDRESS);
    assertThat(how("web.shop.test", "192.0.2.7", 1_001)).isNull();
  }

  @Test
  void aNameThatAWildcardCoversCountsAsItself() {
    asked("tenant-7.shop.test", "192.0.2.7", 1_000);
    assertThat(how("tenant-7.shop.test", "192.0.2.7", 1_001)).isEqualTo(How.ADDRESS);
    assertThat(how("tenant-8.shop.test", "192.0.2.7", 1_001)).isNull();
    assertThat(how("*.shop.test", "192.0.2.7", 1_001)).isNull();
  }

  @Test
  void whatIsForgottenIsNotGuessed() {
    asked(SHOP, "192.0.2.53", 1_000);
    asked(SHOP, "192.0.2.54", 1_001);
    for (int i = 0; i < 255; i++) {
      asked("flood" + i + ".shop.test", "198.51.100.1", 1_002);
    }
    // The first of the two is gone: the other must not look as if it were alone.
    assertThat(how(SHOP, "192.0.2.7", 1_003)).isNull();
    for (int i = 0; i < 1_000; i++) {
      asked("flood" + i + ".shop.test", "198.51.100.1", 1_002);
    }
    assertThat(how(SHOP, "192.0.2.7", 1_003)).isNull();
    assertThat(recent.newest(q -> true, 10_000)).hasSize(256);
  }

  @Test
  void amongMoreThanItLooksAtNothingIsCertain() {
    asked(SHOP, "192.0.2.7", 900);
    for (int i = 0; i < RecentQueries.MOST_STEPS; i++) {
      asked(SHOP, "192.0.2.53", 1_000 + i);
    }
    assertThat(how(SHOP, "192.0.2.7", 1_100)).isNull();
  }
}
