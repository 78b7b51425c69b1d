package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.compile;
import static dev.undercloud.edge.dns.Questions.words;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Zones;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Question → answer, as RFC 1034, 2308, 4592, 6604 and 8482 have it. */
class AnswersTest {
  private static final String SHOP =
      """
      $ORIGIN shop.test.
      $TTL 300
      @        3600 IN SOA ns1 hostmaster 7 3600 600 86400 60
      @        IN NS    ns1
      @        IN NS    ns.elsewhere.test.
      @        IN A     192.0.2.1
      @        IN MX    10 mail
      @        IN TXT   "v=spf1 -all"
      @        IN CAA   0 issue "ca.example"
      ns1      IN A     192.0.2.2
      mail     IN A     192.0.2.3
      www      IN A     192.0.2.4
      www 100  IN A     192.0.2.5
      www      IN AAAA  2001:db8::4
      WeB      IN A     192.0.2.6
      alias    IN CNAME www
      far      IN CNAME alias
      out      IN CNAME www.example.com.
      lost     IN CNAME nowhere
      bare     IN CNAME mail
      loop     IN CNAME pool
      pool     IN CNAME loop
      self     IN CNAME self
      into     IN CNAME any.wild
      *.wild   IN A     192.0.2.7
      *.wild   IN TXT   "wild"
      there.wild IN AAAA 2001:db8::7
      sub.deep.wild IN A 192.0.2.8
      *.alias2 IN CNAME www
      a.b.c    IN A     192.0.2.9
      _sip._tcp IN SRV  1 2 5060 mail
      old      IN TYPE4711 \\# 3 010203
      kid      IN NS    ns.kid
      kid      IN NS    ns1
      ns.kid   IN A     192.0.2.10
      under.kid IN A    192.0.2.11
      kid      IN DS    1 8 2 0000000000000000000000000000000000000000000000000000000000000001
      tokid    IN CNAME x.kid
      """;

  private static final Names NAMES =
      compile(
          new Zones(
              1,
              List.of(
                  zone("shop.test", SHOP),
                  zone(
                      "own.shop.test",
                      "@ 60 IN SOA a b 1 2 3 4 5\n@ 60 IN NS a\na 60 IN A 192.0.2.12\n")),
              Set.of(DnsName.of("broken.test"))),
          record -> true);

  private static final String SOA =
      "shop.test. 60 SOA ns1.shop.test. hostmaster.shop.test. 7 3600 600 86400 60";

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      textBlock =
          """
          shop.test A            > NOERROR aa | shop.test. 300 A 192.0.2.1
          shop.test SOA          > NOERROR aa | shop.test. 3600 SOA ns1.shop.test. hostmaster.shop.test. 7 3600 600 86400 60
          shop.test NS           > NOERROR aa | shop.test. 300 NS ns1.shop.test.; shop.test. 300 NS ns.elsewhere.test.
          shop.test MX           > NOERROR aa | shop.test. 300 MX 10 mail.shop.test.
          shop.test TXT          > NOERROR aa | shop.test. 300 TXT "v=spf1 -all"
          shop.test CAA          > NOERROR aa | shop.test. 300 CAA 0 issue "ca.example"
          shop.test AAAA         > NOERROR aa |  | $SOA
          www.shop.test A        > NOERROR aa | www.shop.test. 100 A 192.0.2.4; www.shop.test. 100 A 192.0.2.5
          www.shop.test AAAA     > NOERROR aa | www.shop.test. 300 AAAA 2001:db8:0:0:0:0:0:4
          web.shop.test A        > NOERROR aa | web.shop.test. 300 A 192.0.2.6
          WEB.SHOP.test A        > NOERROR aa | WEB.SHOP.test. 300 A 192.0.2.6
          nowhere.shop.test A    > NXDOMAIN aa |  | $SOA
          a.b.d.shop.test A      > NXDOMAIN aa |  | $SOA
          shop.test.shop.test A  > NXDOMAIN aa |  | $SOA
          b.c.shop.test A        > NOERROR aa |  | $SOA
          c.shop.test ANY        > NOERROR aa |  | $SOA
          x.b.c.shop.test A      > NXDOMAIN aa |  | $SOA
          alias.shop.test A      > NOERROR aa | alias.shop.test. 300 CNAME www.shop.test.; www.shop.test. 100 A 192.0.2.4; www.shop.test. 100 A 192.0.2.5
          alias.shop.test CNAME  > NOERROR aa | alias.shop.test. 300 CNAME www.shop.test.
          alias.shop.test ANY    > NOERROR aa | alias.shop.test. 300 CNAME www.shop.test.
          alias.shop.test TXT    > NOERROR aa | alias.shop.test. 300 CNAME www.shop.test. | $SOA
          far.shop.test AAAA     > NOERROR aa | far.shop.test. 300 CNAME alias.shop.test.; alias.shop.test. 300 CNAME www.shop.test.; www.shop.test. 300 AAAA 2001:db8:0:0:0:0:0:4
          out.shop.test A        > NOERROR aa | out.shop.test. 300 CNAME www.example.com.
          lost.shop.test A       > NXDOMAIN aa | lost.shop.test. 300 CNAME nowhere.shop.test. | $SOA
          bare.shop.test AAAA    > NOERROR aa | bare.shop.test. 300 CNAME mail.shop.test. | $SOA
          loop.shop.test A       > NOERROR aa | loop.shop.test. 300 CNAME pool.shop.test.; pool.shop.test. 300 CNAME loop.shop.test.
          self.shop.test A       > NOERROR aa | self.shop.test. 300 CNAME self.shop.test.
          into.shop.test A       > NOERROR aa | into.shop.test. 300 CNAME any.wild.shop.test.; any.wild.shop.test. 300 A 192.0.2.7
          into.shop.test AAAA    > NOERROR aa | into.shop.test. 300 CNAME any.wild.shop.test. | $SOA
          x.wild.shop.test A     > NOERROR aa | x.wild.shop.test. 300 A 192.0.2.7
          x.y.wild.shop.test TXT > NOERROR aa | x.y.wild.shop.test. 300 TXT wild
          x.wild.shop.test AAAA  > NOERROR aa |  | $SOA
          *.wild.shop.test A     > NOERROR aa | *.wild.shop.test. 300 A 192.0.2.7
          wild.shop.test A       > NOERROR aa |  | $SOA
          there.wild.shop.test A > NOERROR aa |  | $SOA
          x.there.wild.shop.test A > NXDOMAIN aa |  | $SOA
          deep.wild.shop.test A  > NOERROR aa |  | $SOA
          x.deep.wild.shop.test A > NXDOMAIN aa |  | $SOA
          long-name-that-a-wildcard-matches.alias2.shop.test AAAA > NOERROR aa | long-name-that-a-wildcard-matches.alias2.shop.test. 300 CNAME www.shop.test.; www.shop.test. 300 AAAA 2001:db8:0:0:0:0:0:4
          q.alias2.shop.test MX  > NOERROR aa | q.alias2.shop.test. 300 CNAME www.shop.test. | $SOA
          shop.test ANY          > NOERROR aa | shop.test. 3600 HINFO "RFC8482" ""
          x.wild.shop.test ANY   > NOERROR aa | x.wild.shop.test. 3600 HINFO "RFC8482" ""
          _sip._tcp.shop.test SRV > NOERROR aa | _sip._tcp.shop.test. 300 SRV 1 2 5060 mail.shop.test.
          old.shop.test TYPE4711 > NOERROR aa | old.shop.test. 300 TYPE4711 \\# 3 010203
          kid.shop.test A        > NOERROR |  | kid.shop.test. 300 NS ns.kid.shop.test.; kid.shop.test. 300 NS ns1.shop.test. | ns.kid.shop.test. 300 A 192.0.2.10; ns1.shop.test. 300 A 192.0.2.2
          x.y.kid.shop.test A    > NOERROR |  | kid.shop.test. 300 NS ns.kid.shop.test.; kid.shop.test. 300 NS ns1.shop.test. | ns.kid.shop.test. 300 A 192.0.2.10; ns1.shop.test. 300 A 192.0.2.2
          under.kid.shop.test A  > NOERROR |  | kid.shop.test. 300 NS ns.kid.shop.test.; kid.shop.test. 300 NS ns1.shop.test. | ns.kid.shop.test. 300 A 192.0.2.10; ns1.shop.test. 300 A 192.0.2.2
          kid.shop.test DS       > NOERROR aa | kid.shop.test. 300 DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000001
          tokid.shop.test A      > NOERROR aa | tokid.shop.test. 300 CNAME x.kid.shop.test.
          own.shop.test NS       > NOERROR aa | own.shop.test. 60 NS a.own.shop.test.
          a.own.shop.test A      > NOERROR aa | a.own.shop.test. 60 A 192.0.2.12
          b.own.shop.test A      > NXDOMAIN aa |  | own.shop.test. 5 SOA a.own.shop.test. b.own.shop.test. 1 2 3 4 5
          broken.test A          > SERVFAIL
          www.broken.test A      > SERVFAIL
          broken.test AXFR       > REFUSED
          example.com A          > REFUSED
          test A                 > REFUSED
          . NS                   > REFUSED
          ashop.test A           > REFUSED
          shop.test AXFR         > REFUSED
          shop.test MAILB        > NOTIMP
          shop.test TKEY         > NOTIMP
          """)
  void answers(String question, String answer) {
    String expected = answer.replace("$SOA", SOA).strip();
    assertThat(words(NAMES, question)).isEqualTo(expected);
    // The same with EDNS, and by TCP.
    assertThat(words(NAMES, question + " EDNS")).isEqualTo(expected);
    assertThat(words(Questions.answer(NAMES, Questions.ask(question).toWire(), true)))
        .isEqualTo(expected);
  }

  @Test
  void theRootCanBeAZone() {
    Names names =
        compile(
            zones(zone(".", "@ 9 IN SOA a b 1 2 3 4 5\n@ 9 IN NS a\n* 9 IN TXT \"x\"\n")),
            r -> true);
    assertThat(words(names, ". NS")).isEqualTo("NOERROR aa | . 9 NS a.");
    assertThat(words(names, "b.c A")).isEqualTo("NOERROR aa |  | . 5 SOA a. b. 1 2 3 4 5");
    assertThat(words(names, "b.c TXT")).isEqualTo("NOERROR aa | b.c. 9 TXT x");
  }

  @Test
  void unhealthyTargetsLeaveUnlessAllAre() {
    Zones zones = zones(zone("shop.test", SHOP));
    String question = "www.shop.test A";
    Names one = compile(zones, r -> !r.data().equals(address("192.0.2.4")));
    assertThat(words(one, question)).isEqualTo("NOERROR aa | www.shop.test. 100 A 192.0.2.5");
    assertThat(words(one, "alias.shop.test A"))
        .isEqualTo(
            "NOERROR aa | alias.shop.test. 300 CNAME www.shop.test.; www.shop.test. 100 A 192.0.2.5");
    Names all = compile(zones, r -> r.type() != RecordType.A);
    assertThat(words(all, question))
        .isEqualTo("NOERROR aa | www.shop.test. 100 A 192.0.2.4; www.shop.test. 100 A 192.0.2.5");
  }

  @Test
  void aZoneThatDidNotChangeIsNotCompiledAgain() {
    Zones zones = zones(zone("shop.test", SHOP), DevZone.of(List.of()));
    Compiled before = Compiled.EMPTY.next(zones, r -> true);
    Compiled after =
        before.next(zones(zones.zones().getFirst(), DevZone.of(List.of("a.localhost"))), r -> true);
    assertThat(apex(after, "shop.test")).isSameAs(apex(before, "shop.test"));
    assertThat(apex(after, "localhost")).isNotSameAs(apex(before, "localhost"));
  }

  private static Node apex(Compiled compiled, String name) {
    byte[] key = DnsName.of(name).toLowerWire();
    return compiled.names.find(key, 0, key.length, Names.hash(key));
  }

  private static dev.undercloud.core.zone.Rdata address(String text) {
    return RecordText.parse(DnsName.ROOT, "A", 0, text, DnsName.ROOT).data();
  }

  @Test
  void theDevelopersZoneKnowsItsHostsAndNoOthers() {
    Names names =
        compile(
            zones(
                DevZone.of(
                    List.of(
                        "Articles.localhost",
                        "example.com",
                        "*.tenants.localhost",
                        "127.0.0.1",
                        "bad..name"))),
            r -> true);
    assertThat(words(names, "articles.localhost A"))
        .isEqualTo("NOERROR aa | articles.localhost. 5 A 127.0.0.1");
    assertThat(words(names, "articles.localhost AAAA"))
        .isEqualTo("NOERROR aa | articles.localhost. 5 AAAA 0:0:0:0:0:0:0:1");
    assertThat(words(names, "a.tenants.localhost A")).contains("127.0.0.1");
    assertThat(words(names, "localhost A")).contains("127.0.0.1");
    assertThat(words(names, "unknown-articles.localhost A"))
        .isEqualTo(
            "NXDOMAIN aa |  | localhost. 5 SOA localhost. nobody.invalid. 1 3600 600 86400 5");
    assertThat(words(names, "example.com A")).isEqualTo("REFUSED");
  }
}
