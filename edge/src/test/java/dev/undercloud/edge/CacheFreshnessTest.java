package dev.undercloud.edge;

import static dev.undercloud.edge.CacheCase.get;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RFC 9111, 4.2 and 5: how long stored responses are fresh, and how old they are. */
class CacheFreshnessTest extends CacheSuite {
  /** Stored, and after {@code seconds} still used. */
  private static CacheCase fresh(int seconds, String... says) {
    return CacheCase.of("fresh after " + seconds + " s: " + String.join(" | ", says))
        .ask(get().says(says).then(seconds))
        .ask(get().cached());
  }

  private static CacheCase stale(int seconds, String... says) {
    return CacheCase.of("stale after " + seconds + " s: " + String.join(" | ", says))
        .ask(get().says(says).then(seconds))
        .ask(get().notCached());
  }

  @TestFactory
  Stream<DynamicTest> lifetimes() {
    return tests(
        List.of(
            stale(0),
            stale(0, "Cache-Control: public"),
            fresh(0, "Cache-Control: max-age=60"),
            fresh(50, "Cache-Control: max-age=60"),
            stale(60, "Cache-Control: max-age=60"),
            stale(70, "Cache-Control: max-age=60"),
            stale(0, "Cache-Control: max-age=0"),
            fresh(5, "Cache-Control: s-maxage=60"),
            fresh(5, "Cache-Control: max-age=1, s-maxage=60"),
            stale(5, "Cache-Control: max-age=60, s-maxage=1"),
            stale(5, "Cache-Control: s-maxage=1, max-age=60"),
            stale(5, "Cache-Control: max-age=60", "Cache-Control: s-maxage=1"),
            stale(0, "Cache-Control: s-maxage=0, max-age=60"),
            fresh(5, "Expires: @60@", "Date: @0@"),
            stale(61, "Expires: @60@", "Date: @0@"),
            stale(0, "Expires: @-60@", "Date: @0@"),
            stale(0, "Expires: @0@", "Date: @0@"),
            fresh(5, "Expires: @60@"),
            stale(0, "Expires: 0", "Date: @0@"),
            stale(0, "Expires: -1"),
            stale(0, "Expires: tomorrow"),
            fresh(5, "Cache-Control: max-age=60", "Expires: @-60@", "Date: @0@"),
            fresh(5, "Cache-Control: max-age=60", "Expires: 0", "Date: @0@"),
            stale(5, "Cache-Control: max-age=1", "Expires: @60@", "Date: @0@"),
            stale(0, "Cache-Control: max-age=0", "Expires: @60@", "Date: @0@"),
            fresh(5, "Cache-Control: s-maxage=60", "Expires: @-60@", "Date: @0@"),
            stale(0, "Expires: @60@", "Expires: @120@", "Date: @0@"),
            fresh(5, "Cache-Control: max-age=2147483648"),
            fresh(5, "Cache-Control: max-age=99999999999"),
            fresh(5, "Cache-Control: max-age=99999999999999999999999999"),
            fresh(5, "Cache-Control: immutable, max-age=60")));
  }

  @TestFactory
  Stream<DynamicTest> spellings() {
    return tests(
        List.of(
            fresh(5, "Cache-Control: MaX-aGe=60"),
            fresh(5, "cache-control: MAX-AGE=60"),
            fresh(5, "Cache-Control: max-age=\"60\""),
            fresh(5, "Cache-Control: max-age=0060"),
            fresh(5, "Cache-Control: foobar, max-age=60"),
            fresh(5, "Cache-Control: foo=bar, max-age=60"),
            fresh(5, "Cache-Control: foo=\"a, b\", max-age=60"),
            fresh(5, "Cache-Control: ,,max-age=60,,"),
            fresh(5, "Cache-Control:    max-age=60   "),
            fresh(5, "Cache-Control: max-age=60,"),
            fresh(5, "Cache-Control:", "Cache-Control: max-age=60"),
            stale(5, "Cache-Control: extension=\"max-age=60\", max-age=1"),
            stale(5, "Cache-Control: max-age=1, extension=\"max-age=60\""),
            stale(5, "Cache-Control: extension=\"a\\\", max-age=60, b\", max-age=1"),
            stale(0, "Cache-Control: extension=\"max-age=60\""),
            stale(0, "Cache-Control: max-age='60'"),
            stale(0, "Cache-Control: max-age=a60"),
            stale(0, "Cache-Control: max-age=60a"),
            stale(0, "Cache-Control: max-age=60.0"),
            stale(0, "Cache-Control: max-age=-60"),
            stale(0, "Cache-Control: max-age=+60"),
            stale(0, "Cache-Control: max-age="),
            stale(0, "Cache-Control: max-age"),
            stale(0, "Cache-Control: max-age =60"),
            stale(0, "Cache-Control: max-age= 60"),
            stale(0, "Cache-Control: max-age:60"),
            stale(0, "Cache-Control: xmax-age=60"),
            stale(0, "Cache-Control: max-age=nonsense", "Expires: @60@"),
            fresh(5, "Cache-Control: max-age=60, max-age=1"),
            stale(5, "Cache-Control: max-age=1, max-age=60"),
            fresh(5, "Cache-Control: max-age=60", "Cache-Control: max-age=1")));
  }

  @TestFactory
  Stream<DynamicTest> dates() {
    List<CacheCase> cases = new ArrayList<>();
    for (String sound :
        List.of(
            "Thu, 18 Aug 2050 02:01:18 GMT",
            "Thursday, 18-Aug-50 02:01:18 GMT",
            "Thu Aug 18 02:01:18 2050",
            "Mon Aug  1 02:01:18 2050",
            "Fri, 01 Jan 2038 01:01:01 GMT",
            "Tue, 19 Jan 2038 14:14:08 GMT",
            // In any case (RFC 9110, 5.6.7 asks readers to be robust).
            "THU, 18 Aug 2050 02:01:18 GMT",
            "thu, 18 AUG 2050 02:01:18 GMT",
            "Thu, 18 Aug 2050 02:01:18 gMt",
            "THURSDAY, 18-aug-50 02:01:18 gmt",
            "thu aug 18 02:01:18 2050")) {
      cases.add(fresh(5, "Expires: " + sound));
    }
    for (String senseless :
        List.of(
            "Thu, 18 Aug 2050 02:01:18 UTC",
            "Thu, 18 Aug 2050 02:01:18 +0000",
            "Thu, 18 Aug 2050 02:01:18",
            "Thu, 18 Aug 50 02:01:18 GMT",
            "Thu 18 Aug 2050 02:01:18 GMT",
            "Thu, 18  Aug  2050 02:01:18 GMT",
            "Thu, 18-Aug-2050 02:01:18 GMT",
            "Thu, 18 Aug 2050 02.01.18 GMT",
            "Thu, 18 Aug 2050 2:01:18 GMT",
            "Thu, 32 Aug 2050 02:01:18 GMT",
            "Thu, 18 Aug 2050 25:01:18 GMT",
            "2050-08-18T02:01:18Z",
            "2544400000")) {
      cases.add(stale(0, "Expires: " + senseless));
    }
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> ages() {
    List<CacheCase> cases =
        new ArrayList<>(
            List.of(
                stale(0, "Cache-Control: max-age=60", "Age: 120"),
                stale(31, "Cache-Control: max-age=60", "Age: 30"),
                fresh(10, "Cache-Control: max-age=60", "Age: 30"),
                stale(0, "Expires: @60@", "Date: @0@", "Age: 61"),
                stale(0, "Cache-Control: s-maxage=60", "Age: 60"),
                stale(0, "Cache-Control: max-age=60", "Date: @-90@"),
                fresh(0, "Cache-Control: max-age=60", "Date: @-30@"),
                fresh(0, "Cache-Control: max-age=60", "Date: @600@"),
                fresh(0, "Cache-Control: max-age=60", "Date: never"),
                fresh(0, "Cache-Control: max-age=60", "Age: abc"),
                fresh(0, "Cache-Control: max-age=60", "Age: -120"),
                fresh(0, "Cache-Control: max-age=60", "Age: 120.5"),
                fresh(0, "Cache-Control: max-age=60", "Age: 120;a=b"),
                fresh(0, "Cache-Control: max-age=60", "Age:"),
                stale(0, "Cache-Control: max-age=60", "Age: 99999999999999999999"),
                stale(0, "Cache-Control: max-age=60", "Age: 120, 0"),
                stale(0, "Cache-Control: max-age=60", "Age: 120", "Age: 0"),
                fresh(0, "Cache-Control: max-age=60", "Age: 0, 120"),
                fresh(0, "Cache-Control: max-age=60", "Age: 0", "Age: 120")));
    cases.add(
        CacheCase.of("tells the age that it has here")
            .ask(get().says("Cache-Control: max-age=60").then(10))
            .ask(get().cached().fieldIn("age", 10, 12)));
    cases.add(
        CacheCase.of("adds to the age that it came with")
            .ask(get().says("Cache-Control: max-age=600", "Age: 30").then(10))
            .ask(get().cached().fieldIn("age", 40, 42)));
    cases.add(
        CacheCase.of("sees the age in the Date")
            .ask(get().says("Cache-Control: max-age=600", "Date: @-100@").then(10))
            .ask(get().cached().fieldIn("age", 110, 112)));
    cases.add(
        CacheCase.of("takes the greater of Age and Date, not both")
            .ask(get().says("Cache-Control: max-age=600", "Date: @-100@", "Age: 90").then(10))
            .ask(get().cached().fieldIn("age", 110, 112)));
    cases.add(
        CacheCase.of("Age is told with Expires too")
            .ask(get().says("Expires: @600@", "Date: @0@", "Age: 30").then(10))
            .ask(get().cached().fieldIn("age", 40, 42)));
    cases.add(
        CacheCase.of("a forwarded response keeps its own Age")
            .ask(get().says("Age: 30").field("age", "30")));
    cases.add(
        CacheCase.of("the Date stays that of the origin")
            .ask(
                get()
                    .says("Cache-Control: max-age=60", "Date: Thu, 18 Aug 2050 02:01:18 GMT")
                    .then(5))
            .ask(get().cached().field("date", "Thu, 18 Aug 2050 02:01:18 GMT")));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> guesses() {
    List<CacheCase> cases = new ArrayList<>();
    for (int status : List.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501)) {
      cases.add(
          CacheCase.of(status + " may be guessed fresh")
              .ask(get().says(status, "Last-Modified: @-86400@", "Date: @0@"))
              .ask(get().says(status).fromCache().status(status)));
    }
    for (int status :
        List.of(201, 202, 302, 303, 307, 400, 403, 418, 429, 500, 502, 503, 504, 599)) {
      cases.add(
          CacheCase.of(status + " is never guessed fresh")
              .ask(get().says(status, "Last-Modified: @-86400@", "Date: @0@"))
              .ask(get().notCached()));
    }
    cases.add(
        CacheCase.of("public makes any status guessable")
            .ask(get().says(599, "Last-Modified: @-86400@", "Date: @0@", "Cache-Control: public"))
            .ask(get().cached().status(599)));
    cases.add(stale(61, "Last-Modified: @-86400@", "Date: @0@"));
    cases.add(stale(2, "Last-Modified: @-10@", "Date: @0@"));
    cases.add(fresh(5, "Last-Modified: @-100@", "Date: @0@"));
    cases.add(stale(0, "Last-Modified: @10@", "Date: @0@"));
    cases.add(stale(0, "Last-Modified: yesterday", "Date: @0@"));
    cases.add(stale(0, "ETag: \"a\""));
    cases.add(
        CacheCase.of("what was guessed is not for people with cookies")
            .ask(get().says("Last-Modified: @-86400@"))
            .ask(get("Cookie: a=b").notCached()));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> targeted() {
    String cdn = "CDN-Cache-Control: ";
    return tests(
        List.of(
            fresh(5, cdn + "max-age=60"),
            fresh(5, cdn + "max-age=2147483648"),
            fresh(5, cdn + "max-age=99999999999"),
            stale(0, cdn + "max-age=0"),
            stale(0, cdn + "max-age=60", "Age: 120"),
            fresh(5, cdn + "foobar, max-age=60"),
            fresh(5, cdn + "max-age=60;a=1;b=\"c\", foo=(1 2);d"),
            fresh(5, cdn + "max-age=60", "Expires: @-60@", "Date: @0@"),
            fresh(5, cdn + "max-age=60", "Expires: 0"),
            stale(0, cdn + "max-age=0", "Expires: @60@", "Date: @0@"),
            fresh(5, cdn + "max-age=60", "Cache-Control: max-age=1"),
            stale(5, cdn + "max-age=1", "Cache-Control: max-age=60"),
            fresh(5, cdn + "max-age=60", "Cache-Control: no-store"),
            fresh(5, cdn + "max-age=60", "Cache-Control: private"),
            stale(0, cdn + "private", "Cache-Control: max-age=60"),
            stale(0, cdn + "no-cache", "Cache-Control: max-age=60"),
            stale(0, cdn + "no-store", "Cache-Control: max-age=60", "Expires: @60@"),
            stale(0, cdn + "none", "Cache-Control: max-age=60"),
            fresh(5, cdn + "max-age=1", cdn + "max-age=60"),
            // What is no dictionary is not there.
            stale(0, cdn + "max-age=60, &&&&&", "Cache-Control: no-store"),
            fresh(5, cdn + "no-store, &&&&&", "Cache-Control: max-age=60"),
            fresh(5, cdn, "Cache-Control: max-age=60"),
            fresh(5, cdn + "MaX-aGe=1", "Cache-Control: max-age=60"),
            fresh(5, cdn + "max-age =1", "Cache-Control: max-age=60"),
            fresh(5, cdn + "max-age= 1", "Cache-Control: max-age=60"),
            fresh(5, cdn + "max-age=1,", "Cache-Control: max-age=60"),
            fresh(5, cdn + "no-store \"x", "Cache-Control: max-age=60"),
            fresh(5, cdn + "a=1.2345, max-age=1", "Cache-Control: max-age=60"),
            fresh(5, cdn + "a=1234567890123456, max-age=1", "Cache-Control: max-age=60"),
            // A value of another type says nothing.
            stale(0, cdn + "max-age=\"60\"", "Cache-Control: no-store"),
            stale(0, cdn + "max-age=60.0", "Cache-Control: max-age=60"),
            stale(0, cdn + "max-age=-60", "Cache-Control: max-age=60"),
            fresh(5, cdn + "no-store=?0, max-age=60")));
  }
}
