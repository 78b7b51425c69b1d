package dev.undercloud.core.zone;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Numbers of record types and query types, and their names (IANA DNS parameters). */
public final class RecordType {
  public static final int A = 1;
  public static final int NS = 2;
  public static final int CNAME = 5;
  public static final int SOA = 6;
  public static final int PTR = 12;
  public static final int HINFO = 13;
  public static final int MX = 15;
  public static final int TXT = 16;
  public static final int AAAA = 28;
  public static final int SRV = 33;
  public static final int DNAME = 39;
  public static final int OPT = 41;
  public static final int DS = 43;
  public static final int TSIG = 250;
  public static final int IXFR = 251;
  public static final int AXFR = 252;
  public static final int ANY = 255;
  public static final int CAA = 257;

  /** Types from here on exist in questions and in transport only (RFC 6895, 3.1). */
  public static final int FIRST_META = 128;

  public static final int LAST_META = 255;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(A, "A"),
          Map.entry(NS, "NS"),
          Map.entry(CNAME, "CNAME"),
          Map.entry(SOA, "SOA"),
          Map.entry(PTR, "PTR"),
          Map.entry(HINFO, "HINFO"),
          Map.entry(MX, "MX"),
          Map.entry(TXT, "TXT"),
          Map.entry(AAAA, "AAAA"),
          Map.entry(SRV, "SRV"),
          Map.entry(35, "NAPTR"),
          Map.entry(DNAME, "DNAME"),
          Map.entry(OPT, "OPT"),
          Map.entry(DS, "DS"),
          Map.entry(44, "SSHFP"),
          Map.entry(46, "RRSIG"),
          Map.entry(47, "NSEC"),
          Map.entry(48, "DNSKEY"),
          Map.entry(52, "TLSA"),
          Map.entry(64, "SVCB"),
          Map.entry(65, "HTTPS"),
          Map.entry(TSIG, "TSIG"),
          Map.entry(IXFR, "IXFR"),
          Map.entry(AXFR, "AXFR"),
          Map.entry(ANY, "ANY"),
          Map.entry(CAA, "CAA"));

  private static final Map<String, Integer> NUMBERS =
      NAMES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  private RecordType() {}

  /** {@code AAAA}; {@code TYPE4711} where it has no name here (RFC 3597). */
  public static String text(int type) {
    String name = NAMES.get(type);
    return name == null ? "TYPE" + type : name;
  }

  /**
   * @throws IllegalArgumentException where {@code text} names no type
   */
  public static int of(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    Integer number = NUMBERS.get(upper);
    if (number != null) {
      return number;
    }
    if (upper.matches("TYPE\\d{1,5}") && Integer.parseInt(upper.substring(4)) <= 0xFFFF) {
      return Integer.parseInt(upper.substring(4));
    }
    throw new IllegalArgumentException("no record type is called " + text);
  }

  /** Whether records of this type can be in a zone. */
  public static boolean isData(int type) {
    return type > 0 && type <= 0xFFFF && type != OPT && (type < FIRST_META || type > LAST_META);
  }
}
