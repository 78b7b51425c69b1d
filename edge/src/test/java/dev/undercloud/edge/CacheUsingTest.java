package dev.undercloud.edge;

import static dev.undercloud.edge.CacheCase.get;
import static dev.undercloud.edge.CacheCase.send;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RFC 9111, 4: which stored response answers, when it is asked for, and in what form. */
class CacheUsingTest extends CacheSuite {
  private static final String FRESH = "Cache-Control: max-age=60";

  private static CacheCase varies(boolean same, String vary, String[] first, String[] second) {
    CacheCase each =
        CacheCase.of(
            "Vary: "
                + vary
                + " of "
                + String.join(" | ", first)
                + " and "
                + String.join(" | ", second));
    each.ask(get(first).says(FRESH, "Vary: " + vary));
    return each.ask(same ? get(second).cached() : get(second).notCached());
  }

  private static String[] a(String... fields) {
    return fields;
  }

  @TestFactory
  Stream<DynamicTest> variants() {
    List<CacheCase> cases =
        new ArrayList<>(
            List.of(
                varies(true, "Foo", a("Foo: 1"), a("Foo: 1")),
                varies(false, "Foo", a("Foo: 1"), a("Foo: 2")),
                varies(false, "Foo", a("Foo: 1"), a()),
                varies(false, "Foo", a(), a("Foo: 1")),
                varies(true, "Foo", a(), a()),
                varies(false, "Foo", a(), a("Foo:")),
                varies(true, "foo", a("FOO: 1"), a("fOO: 1")),
                varies(false, "Foo", a("Foo: a"), a("Foo: A")),
                varies(true, "Foo", a("Foo: 1", "Bar: 2"), a("Foo: 1", "Bar: 3")),
                varies(true, "Foo, Bar", a("Foo: 1", "Bar: 2"), a("Bar: 2", "Foo: 1")),
                varies(false, "Foo, Bar", a("Foo: 1", "Bar: 2"), a("Foo: 1", "Bar: 3")),
                varies(false, "Foo, Bar", a("Foo: 1"), a("Foo: 1", "Bar: 2")),
                varies(true, "Foo, Bar, Baz", a("Foo: 1", "Baz: 3"), a("Foo: 1", "Baz: 3")),
                varies(true, "Foo", a("Foo: 1,2"), a("Foo:  1, 2 ")),
                varies(true, "Foo", a("Foo: 1, 2"), a("Foo: 1", "Foo: 2")),
                varies(false, "Foo", a("Foo: 1, 2"), a("Foo: 2, 1")),
                varies(
                    true,
                    "Accept-Encoding",
                    a("Accept-Encoding: gzip, br"),
                    a("Accept-Encoding: br, GZIP")),
                varies(
                    true,
                    "Accept-Language",
                    a("Accept-Language: en, de"),
                    a("Accept-Language: EN,de")),
                varies(
                    false,
                    "Accept-Language",
                    a("Accept-Language: en, de"),
                    a("Accept-Language: de, en")),
                varies(true, "Host", a(), a()),
                varies(true, "X-Forwarded-Proto", a(), a()),
                varies(false, "X-Forwarded-For", a(), a()),
                varies(false, "Cookie", a("Cookie: a=1"), a("Cookie: a=2")),
                varies(true, "Cookie", a("Cookie: a=1"), a("Cookie: a=1"))));
    for (String star : List.of("*", "*, *", ", *", "*, Foo", "Foo, *", " * ")) {
      cases.add(varies(false, star, a("Foo: 1"), a("Foo: 1")));
    }
    cases.add(
        CacheCase.of("Vary on two lines")
            .ask(get("Foo: 1", "Bar: 2").says(FRESH, "Vary: Foo", "Vary: Bar"))
            .ask(get("Foo: 1", "Bar: 3").notCached()));
    cases.add(
        CacheCase.of("a star on the second line")
            .ask(get("Foo: 1").says(FRESH, "Vary:", "Vary: *"))
            .ask(get("Foo: 1").notCached()));
    cases.add(
        CacheCase.of("one variant leaves another")
            .ask(get("Foo: 1").says(FRESH, "Vary: Foo"))
            .ask(get("Foo: 2").says(FRESH, "Vary: Foo").notCached())
            .ask(get("Foo: 1").cached())
            .ask(get("Foo: 2").cached(1)));
    cases.add(
        CacheCase.of("of several that fit the newest is used")
            .ask(get("Foo: 1").says(FRESH, "Vary: Foo", "Date: @-20@"))
            .ask(get("Foo: 2", "Bar: 1").says(FRESH, "Vary: Bar", "Date: @-10@").notCached())
            .ask(get("Foo: 1", "Bar: 1").cached(1)));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> requestDirectives() {
    return tests(
        List.of(
            CacheCase.of("max-age=0")
                .ask(get().says(FRESH))
                .ask(get("Cache-Control: max-age=0").notCached()),
            CacheCase.of("max-age below the age")
                .ask(get().says(FRESH).then(10))
                .ask(get("Cache-Control: max-age=5").notCached()),
            CacheCase.of("max-age above the age")
                .ask(get().says(FRESH).then(10))
                .ask(get("Cache-Control: max-age=20").cached()),
            CacheCase.of("max-age and Age")
                .ask(get().says("Cache-Control: max-age=3600", "Age: 1800"))
                .ask(get("Cache-Control: max-age=600").notCached()),
            CacheCase.of("max-stale")
                .ask(get().says("Cache-Control: max-age=1").then(10))
                .ask(get("Cache-Control: max-stale=100").cached()),
            CacheCase.of("max-stale that is too short")
                .ask(get().says("Cache-Control: max-age=1").then(100))
                .ask(get("Cache-Control: max-stale=10").notCached()),
            CacheCase.of("max-stale without end")
                .ask(get().says("Cache-Control: max-age=1").then(1000))
                .ask(get("Cache-Control: max-stale").cached()),
            CacheCase.of("max-stale against must-revalidate")
                .ask(get().says("Cache-Control: max-age=1, must-revalidate").then(10))
                .ask(get("Cache-Control: max-stale").notCached()),
            CacheCase.of("max-stale against proxy-revalidate")
                .ask(get().says("Cache-Control: max-age=1, proxy-revalidate").then(10))
                .ask(get("Cache-Control: max-stale").notCached()),
            CacheCase.of("max-stale against s-maxage")
                .ask(get().says("Cache-Control: s-maxage=1").then(10))
                .ask(get("Cache-Control: max-stale").notCached()),
            CacheCase.of("max-stale against no-cache")
                .ask(get().says("Cache-Control: max-age=1, no-cache", "ETag: \"a\"").then(10))
                .ask(get("Cache-Control: max-stale").notCached()),
            CacheCase.of("min-fresh")
                .ask(get().says(FRESH))
                .ask(get("Cache-Control: min-fresh=120").notCached()),
            CacheCase.of("min-fresh that is met")
                .ask(get().says(FRESH))
                .ask(get("Cache-Control: min-fresh=30").cached()),
            CacheCase.of("min-fresh and Age")
                .ask(get().says("Cache-Control: max-age=1500", "Age: 1000"))
                .ask(get("Cache-Control: min-fresh=1000").notCached()),
            CacheCase.of("no-cache")
                .ask(get().says(FRESH))
                .ask(get("Cache-Control: no-cache").notCached()),
            CacheCase.of("no-cache validates")
                .ask(get().says(FRESH, "ETag: \"a\""))
                .ask(
                    get("Cache-Control: no-cache")
                        .says(304, "ETag: \"a\"")
                        .asks("If-None-Match: \"a\"")
                        .validated()),
            CacheCase.of("no-cache replaces")
                .ask(get().says(FRESH))
                .ask(get("Cache-Control: no-cache").says(FRESH).notCached())
                .ask(get().cached(1)),
            CacheCase.of("no-store")
                .ask(get("Cache-Control: no-store").says(FRESH))
                .ask(get().notCached()),
            CacheCase.of("no-store with something stored")
                .ask(get().says(FRESH))
                .ask(get("Cache-Control: no-store").notCached()),
            CacheCase.of("only-if-cached, and it is not")
                .ask(get("Cache-Control: only-if-cached").fromCache().status(504)),
            CacheCase.of("only-if-cached, and it is")
                .ask(get().says(FRESH))
                .ask(get("Cache-Control: only-if-cached").cached()),
            CacheCase.of("only-if-cached, and it is stale")
                .ask(get().says(FRESH).then(61))
                .ask(get("Cache-Control: only-if-cached").fromCache().status(504)),
            CacheCase.of("Pragma: no-cache")
                .ask(get().says(FRESH))
                .ask(get("Pragma: no-cache").notCached()),
            CacheCase.of("Pragma: no-cache among others (5.4)")
                .ask(get().says(FRESH))
                .ask(get("Pragma: foo, no-cache").notCached()),
            CacheCase.of("a Pragma that only looks like it")
                .ask(get().says(FRESH))
                .ask(get("Pragma: no-cached, foo=no-cache, no-cache=1").cached()),
            CacheCase.of("Pragma beside Cache-Control")
                .ask(get().says(FRESH))
                .ask(get("Pragma: no-cache", "Cache-Control: max-age=30").cached()),
            CacheCase.of("another Pragma")
                .ask(get().says(FRESH))
                .ask(get("Pragma: foo").cached())));
  }

  @TestFactory
  Stream<DynamicTest> validation() {
    String one = "Cache-Control: max-age=1";
    List<CacheCase> cases = new ArrayList<>();
    for (String tag : List.of("\"abc\"", "W/\"abc\"", "\"a,b\"", "\"\"", "abc")) {
      cases.add(
          CacheCase.of("asks by " + tag)
              .ask(get().says(one, "ETag: " + tag).then(5))
              .ask(get().says(304, FRESH).asks("If-None-Match: " + tag).validated())
              .ask(get().cached()));
    }
    String date = "Thu, 18 Aug 2005 02:01:18 GMT";
    cases.add(
        CacheCase.of("asks by date")
            .ask(get().says(one, "Last-Modified: " + date).then(5))
            .ask(get().says(304, FRESH).asks("If-Modified-Since: " + date).validated())
            .ask(get().cached()));
    cases.add(
        CacheCase.of("asks by both")
            .ask(get().says(one, "ETag: \"a\"", "Last-Modified: " + date).then(5))
            .ask(
                get()
                    .says(304, FRESH)
                    .asks("If-None-Match: \"a\"")
                    .asks("If-Modified-Since: " + date)
                    .validated()));
    cases.add(
        CacheCase.of("asks without validators where there are none")
            .ask(get().says(one).then(5))
            .ask(get().asksWithout("if-none-match").asksWithout("if-modified-since").notCached()));
    cases.add(
        CacheCase.of("what is new replaces")
            .ask(get().says(one, "ETag: \"a\"").then(5))
            .ask(get().says(FRESH, "ETag: \"b\"").notCached())
            .ask(get().cached(1)));
    cases.add(
        CacheCase.of("no-cache is stored to be asked for")
            .ask(get().says("Cache-Control: no-cache", "ETag: \"a\""))
            .ask(get().says(304).asks("If-None-Match: \"a\"").validated())
            .ask(get().says(304).asks("If-None-Match: \"a\"").validated()));
    cases.add(
        CacheCase.of("so is max-age=0")
            .ask(get().says("Cache-Control: max-age=0", "ETag: \"a\""))
            .ask(get().says(304).asks("If-None-Match: \"a\"").validated()));
    cases.add(
        CacheCase.of("must-revalidate while fresh")
            .ask(get().says(FRESH + ", must-revalidate", "ETag: \"a\""))
            .ask(get().cached()));
    cases.add(
        CacheCase.of("the fields that it varies by go along")
            .ask(get("Abc: 1").says(one, "ETag: \"a\"", "Vary: Abc").then(5))
            .ask(get("Abc: 1").says(304, FRESH).asks("Abc: 1").validated()));
    cases.add(
        CacheCase.of("another variant's validator is not used")
            .ask(get("Abc: 1").says(FRESH, "ETag: \"a\"", "Vary: Abc"))
            .ask(get("Abc: 2").asksWithout("if-none-match").notCached()));
    cases.add(
        CacheCase.of("a client's condition passes where nothing is stored")
            .ask(get("If-None-Match: \"z\"").asks("If-None-Match: \"z\"").says(304).status(304)));
    cases.add(
        CacheCase.of("and is answered after asking for what is")
            .ask(get().says(one, "ETag: \"a\"").then(5))
            .ask(
                get("If-None-Match: \"a\"")
                    .says(304, FRESH)
                    .asks("If-None-Match: \"a\"")
                    .status(304))
            .ask(get().cached()));
    cases.add(
        CacheCase.of("by date too")
            .ask(get().says(one, "Last-Modified: " + date).then(5))
            .ask(get("If-Modified-Since: " + date).says(304, FRESH).status(304)));
    cases.add(
        CacheCase.of("a client's other condition gets the whole")
            .ask(get().says(one, "ETag: \"a\"").then(5))
            .ask(
                get("If-None-Match: \"z\"")
                    .says(304, FRESH)
                    .asks("If-None-Match: \"a\"")
                    .validated()));
    cases.add(
        CacheCase.of("a 304 without freshness of its own keeps the stored one")
            .ask(get().says("Cache-Control: max-age=10", "ETag: \"a\"").then(15))
            .ask(get().says(304).validated().then(5))
            .ask(get().cached().fieldIn("age", 5, 7)));
    cases.add(
        CacheCase.of("a 304 with another strong tag changes nothing")
            .ask(get().says(one, "ETag: \"a\"", "X: 1").then(5))
            .ask(get().says(304, FRESH, "ETag: \"b\"", "X: 2").field("x", "1").validated())
            .ask(get().notCached()));
    cases.add(
        CacheCase.of("If-Match is the origin's to judge")
            .ask(get().says(FRESH, "ETag: \"a\""))
            .ask(get("If-Match: \"a\"").notCached()));
    cases.add(
        CacheCase.of("so is If-Unmodified-Since")
            .ask(get().says(FRESH, "ETag: \"a\""))
            .ask(get("If-Unmodified-Since: " + date).notCached()));
    for (String field :
        List.of(
            "Test-Header",
            "X-Test-Header",
            "Content-Foo",
            "X-Content-Foo",
            "Content-Location",
            "Content-Security-Policy",
            "Clear-Site-Data",
            "X-Frame-Options",
            "Public-Key-Pins")) {
      cases.add(
          CacheCase.of("a 304 updates " + field)
              .ask(get().says(one, "ETag: \"a\"", field + ": a").then(5))
              .ask(
                  get()
                      .says(304, FRESH, "ETag: \"a\"", field + ": b")
                      .validated()
                      .field(field.toLowerCase(), "b"))
              .ask(get().cached().field(field.toLowerCase(), "b")));
    }
    cases.add(
        CacheCase.of("a 304 keeps what it leaves out")
            .ask(get().says(one, "ETag: \"a\"", "X: 1").then(5))
            .ask(get().says(304, FRESH).validated().field("x", "1"))
            .ask(get().cached().field("x", "1")));
    cases.add(
        CacheCase.of("a 304 does not change the length")
            .ask(get().says(one, "ETag: \"a\"").body("12345").then(5))
            .ask(get().says(304, FRESH, "Content-Length: 10").text("12345"))
            .ask(get().fromCache().text("12345").field("content-length", "5")));
    for (String field :
        List.of(
            "Content-Encoding: x-a|Content-Encoding: x-b",
            "Content-MD5: a|Content-MD5: b",
            "Repr-Digest: a=:YQ==:|Repr-Digest: a=:Yg==:")) {
      String first = field.substring(0, field.indexOf('|'));
      String name = first.substring(0, first.indexOf(':'));
      cases.add(
          CacheCase.of("nor " + name + ", by which the stored bytes are read (3.2)")
              .ask(get().says(one, "ETag: \"a\"", first).then(5))
              .ask(get().says(304, FRESH, field.substring(first.length() + 1)).validated())
              .ask(get().cached().field(name.toLowerCase(), first.substring(name.length() + 2))));
    }
    cases.add(
        CacheCase.of("but what it says of the bytes")
            .ask(get().says(one, "ETag: \"a\"", "Content-Type: a/b").then(5))
            .ask(get().says(304, FRESH, "Content-Type: c/d").field("content-type", "c/d"))
            .ask(get().cached().field("content-type", "c/d")));
    cases.add(
        CacheCase.of("a 304 may forbid storing from now on")
            .ask(get().says(one, "ETag: \"a\"").then(5))
            .ask(get().says(304, "Cache-Control: no-cache").validated())
            .ask(get().says(304).validated()));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> conditions() {
    String date = "Thu, 18 Aug 2005 02:01:18 GMT";
    List<CacheCase> cases = new ArrayList<>();
    for (String[] pair :
        new String[][] {
          {"\"a\"", "\"a\""},
          {"\"a\"", "W/\"a\""},
          {"W/\"a\"", "W/\"a\""},
          {"W/\"a\"", "\"a\""},
          {"\"a\"", "\"a\", \"b\""},
          {"\"a\"", "\"b\", \"a\", \"c\""},
          {"\"a\"", "\"b\",\"a\""},
          {"\"a,b\"", "\"x\", \"a,b\""},
          {"\"a\"", "*"},
          {"a", "a"}
        }) {
      cases.add(
          CacheCase.of(pair[1] + " matches " + pair[0])
              .ask(get().says(FRESH, "ETag: " + pair[0], "X: 1", "Content-Type: a/b"))
              .ask(
                  get("If-None-Match: " + pair[1])
                      .fromCache()
                      .status(304)
                      .field("etag", pair[0])
                      .field("cache-control", "max-age=60")
                      .without("content-type")
                      .without("content-length")));
    }
    for (String other : List.of("\"b\"", "\"A\"", "a", "\"a", "\"b\", \"c\"")) {
      cases.add(
          CacheCase.of(other + " does not match \"a\"")
              .ask(get().says(FRESH, "ETag: \"a\""))
              .ask(get("If-None-Match: " + other).cached().status(200)));
    }
    for (String since :
        List.of(
            date,
            "Fri, 19 Aug 2005 02:01:18 GMT",
            "Thursday, 18-Aug-05 02:01:18 GMT",
            "Thu Aug 18 02:01:18 2005")) {
      cases.add(
          CacheCase.of("not modified since " + since)
              .ask(get().says(FRESH, "Last-Modified: " + date))
              .ask(get("If-Modified-Since: " + since).fromCache().status(304)));
    }
    cases.add(
        CacheCase.of("modified since")
            .ask(get().says(FRESH, "Last-Modified: " + date))
            .ask(get("If-Modified-Since: Wed, 17 Aug 2005 02:01:18 GMT").cached().status(200)));
    cases.add(
        CacheCase.of("since nonsense")
            .ask(get().says(FRESH, "Last-Modified: " + date))
            .ask(get("If-Modified-Since: nonsense").cached().status(200)));
    cases.add(
        CacheCase.of("tags overrule dates")
            .ask(get().says(FRESH, "ETag: \"a\"", "Last-Modified: " + date))
            .ask(get("If-None-Match: \"b\"", "If-Modified-Since: " + date).cached().status(200)));
    cases.add(
        CacheCase.of("both ways")
            .ask(get().says(FRESH, "ETag: \"a\"", "Last-Modified: " + date))
            .ask(
                get("If-None-Match: \"a\"", "If-Modified-Since: Wed, 17 Aug 2005 02:01:18 GMT")
                    .fromCache()
                    .status(304)));
    cases.add(
        CacheCase.of("without Last-Modified the Date counts")
            .ask(get().says(FRESH, "Date: @-5@"))
            .ask(get("If-Modified-Since: @0@").fromCache().status(304)));
    cases.add(
        CacheCase.of("what is an error is not modified either way")
            .ask(get().says(404, FRESH, "ETag: \"a\""))
            .ask(get("If-None-Match: \"a\"").cached().status(404)));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> ranges() {
    String ten = "0123456789";
    List<CacheCase> cases = new ArrayList<>();
    for (String[] each :
        new String[][] {
          {"bytes=0-1", "01", "bytes 0-1/10"},
          {"bytes=1-", "123456789", "bytes 1-9/10"},
          {"bytes=-1", "9", "bytes 9-9/10"},
          {"bytes=-20", ten, "bytes 0-9/10"},
          {"bytes=3-100", "3456789", "bytes 3-9/10"},
          {"bytes=9-9", "9", "bytes 9-9/10"},
          {"Bytes=0-0", "0", "bytes 0-0/10"}
        }) {
      cases.add(
          CacheCase.of(each[0])
              .ask(get().says(FRESH, "X: 1").body(ten))
              .ask(
                  get("Range: " + each[0])
                      .fromCache()
                      .status(206)
                      .text(each[1])
                      .field("x", "1")
                      .field("content-range", each[2])));
    }
    for (String none :
        List.of(
            "bytes=0-1,3-4", "bytes=2-1", "bytes=a-b", "bytes=-", "lines=0-1", "bytes 0-1", "")) {
      cases.add(
          CacheCase.of("not a range: " + none)
              .ask(get().says(FRESH).body(ten))
              .ask(get("Range: " + none).fromCache().status(200).text(ten)));
    }
    for (String beyond : List.of("bytes=10-", "bytes=20-30", "bytes=-0")) {
      cases.add(
          CacheCase.of("beyond: " + beyond)
              .ask(get().says(FRESH).body(ten))
              .ask(
                  get("Range: " + beyond)
                      .fromCache()
                      .status(416)
                      .field("content-range", "bytes */10")));
    }
    String date = "Thu, 18 Aug 2005 02:01:18 GMT";
    for (String same : List.of("\"a\"", date)) {
      cases.add(
          CacheCase.of("If-Range: " + same)
              .ask(get().says(FRESH, "ETag: \"a\"", "Last-Modified: " + date).body(ten))
              .ask(get("Range: bytes=0-1", "If-Range: " + same).fromCache().status(206)));
    }
    for (String other : List.of("\"b\"", "W/\"a\"", "Fri, 19 Aug 2005 02:01:18 GMT", "x")) {
      cases.add(
          CacheCase.of("If-Range: " + other)
              .ask(get().says(FRESH, "ETag: \"a\"", "Last-Modified: " + date).body(ten))
              .ask(get("Range: bytes=0-1", "If-Range: " + other).fromCache().status(200)));
    }
    cases.add(
        CacheCase.of("a range of what is stale is asked for whole")
            .ask(get().says("Cache-Control: max-age=1", "ETag: \"a\"").body(ten).then(5))
            .ask(
                get("Range: bytes=0-1")
                    .says(304, FRESH)
                    .asksWithout("range")
                    .status(206)
                    .text("01")));
    cases.add(
        CacheCase.of("a range of what is not stored is the origin's")
            .ask(
                get("Range: bytes=0-1")
                    .says(206, FRESH, "Content-Range: bytes 0-1/10")
                    .body("01")
                    .asks("Range: bytes=0-1")
                    .status(206)));
    cases.addAll(parts());
    cases.add(
        CacheCase.of("what is said of a range is not said of the whole")
            .ask(get("Range: bytes=99-").says(416, FRESH).status(416))
            .ask(get().notCached()));
    cases.add(
        CacheCase.of("the whole that a range got is stored")
            .ask(get("Range: bytes=0-1").says(FRESH).body(ten).status(200))
            .ask(get().cached()));
    return tests(cases);
  }

  private static CacheCase part(String name, String range, String body, String... more) {
    String[] says = java.util.Arrays.copyOf(more, more.length + 2);
    says[more.length] = FRESH;
    says[more.length + 1] = "Content-Range: bytes " + range + "/10";
    String first = "Range: bytes=" + range;
    return CacheCase.of(name).ask(get(first).says(206, says).body(body).status(206));
  }

  /** RFC 9111, 3.3: parts are stored, and used for what they have. */
  private static List<CacheCase> parts() {
    String same = "Range: bytes=2-5";
    String inner = "Range: bytes=3-4";
    return List.of(
        part("a part is stored", "2-5", "2345", "X: 1")
            .ask(
                get(same)
                    .fromCache()
                    .status(206)
                    .text("2345")
                    .field("content-range", "bytes 2-5/10")
                    .field("content-length", "4")
                    .field("x", "1")),
        part("and has what lies within it", "2-5", "2345", "X: 1")
            .ask(
                get(inner)
                    .fromCache()
                    .status(206)
                    .text("34")
                    .field("content-range", "bytes 3-4/10")
                    .field("content-length", "2")
                    .field("x", "1"))
            .ask(get("Range: bytes=5-5").fromCache().text("5")),
        part("from the end too", "5-9", "56789")
            .ask(
                get("Range: bytes=-2")
                    .fromCache()
                    .text("89")
                    .field("content-range", "bytes 8-9/10"))
            .ask(get("Range: bytes=7-").fromCache().text("789"))
            .ask(get("Range: bytes=9-99").fromCache().text("9")),
        part("but not what lies beyond", "2-5", "2345")
            .ask(get("Range: bytes=2-6").notCached())
            .ask(get("Range: bytes=1-2").notCached())
            .ask(get("Range: bytes=3-").notCached())
            .ask(get("Range: bytes=-6").notCached())
            .ask(get("Range: bytes=11-").notCached())
            .ask(get("Range: bytes=3-3,5-5").notCached())
            .ask(get("Range: lines=3-4").notCached()),
        part("nor the whole", "2-5", "2345").ask(get().notCached()),
        part("nor the head of the whole", "2-5", "2345")
            .ask(send("HEAD", same).asks("Range: bytes=2-5")),
        part("all of it is the whole", "0-9", "0123456789")
            .ask(get().fromCache().status(200).text("0123456789").without("content-range"))
            .ask(get(inner).fromCache().status(206).text("34")),
        part(
                "a length that belies the range is trusted by whoever asks the same alone",
                "4-9",
                "45678")
            .ask(get("Range: bytes=4-9").fromCache().status(206).text("45678"))
            .ask(get("Range: bytes=6-8").notCached())
            .ask(get("Range: bytes=-1").notCached())
            .ask(get().notCached()),
        part("a stale part is asked for again, as a part", "2-5", "2345", "ETag: \"a\"")
            .ask(get("X: 1").at("?").then(61))
            .ask(get(same).asks(same).asksWithout("if-none-match")),
        part("a part goes by If-Range", "2-5", "2345", "ETag: \"a\"")
            .ask(get(same, "If-Range: \"a\"").fromCache().status(206))
            .ask(get(same, "If-Range: \"b\"").notCached())
            .ask(get(inner, "If-Range: W/\"a\"").notCached()),
        part("a part goes by what it varies by", "2-5", "2345", "Vary: Foo")
            .ask(get(same).fromCache())
            .ask(get(inner).fromCache())
            .ask(get(same, "Foo: 1").notCached())
            .ask(get(inner, "Foo: 1").notCached()),
        part("a part of one reader is nobody else's", "2-5", "2345", "Cache-Control: private")
            .ask(get(same).notCached()),
        part("nor one that sets a cookie", "2-5", "2345", "Set-Cookie: a=b")
            .ask(get(same).notCached()),
        part("what changes the whole removes parts", "2-5", "2345")
            .ask(send("POST").status(200))
            .ask(get(same).notCached()),
        part("two ranges are none", "2-5", "2345", "Content-Range: bytes 0-3/10")
            .ask(get(same).notCached()),
        CacheCase.of("a part of who knows how much is not stored")
            .ask(get(same).says(206, FRESH, "Content-Range: bytes 2-5/*").body("2345"))
            .ask(get(same).notCached()),
        CacheCase.of("nor one that cannot be")
            .ask(get(same).says(206, FRESH, "Content-Range: bytes 5-2/10").body("2345"))
            .ask(
                get(same).says(206, FRESH, "Content-Range: bytes 7-10/10").body("789x").notCached())
            .ask(get(same).notCached()),
        CacheCase.of("nor one that nobody asked for")
            .ask(get().says(206, FRESH, "Content-Range: bytes 2-5/10").body("2345"))
            .ask(get(same).notCached())
            .ask(get().notCached()),
        CacheCase.of("the whole goes before a part")
            .ask(get(same).says(206, FRESH, "Content-Range: bytes 2-5/10").body("2345"))
            .ask(get().says(FRESH).body("abcdefghij").notCached())
            .ask(get(same).fromCache().text("cdef")));
  }

  @TestFactory
  Stream<DynamicTest> heads() {
    return tests(
        List.of(
            CacheCase.of("HEAD is answered by a stored GET")
                .ask(get().says(FRESH, "X: 1").body("12345"))
                .ask(
                    send("HEAD")
                        .fromCache()
                        .status(200)
                        .field("x", "1")
                        .field("content-length", "5"))
                .ask(get().cached()),
            CacheCase.of("HEAD stores nothing")
                .ask(send("HEAD").says(FRESH))
                .ask(get().and(response -> response.text().endsWith("#2"))),
            CacheCase.of("HEAD of what is stale passes")
                .ask(get().says("Cache-Control: max-age=1").body("12345").then(5))
                .ask(send("HEAD").says(FRESH).body("12345").status(200)),
            CacheCase.of("and renews what is the same")
                .ask(get().says("Cache-Control: max-age=1", "X: 1", "Y: 1").body("12345").then(5))
                .ask(send("HEAD").says(FRESH, "X: 2").body("12345").status(200))
                .ask(get().cached().field("x", "2").field("y", "1")),
            CacheCase.of("but not what has another length")
                .ask(get().says("Cache-Control: max-age=1").body("12345").then(5))
                .ask(send("HEAD").says(FRESH).body("123456"))
                .ask(get().notCached()),
            CacheCase.of("nor another tag")
                .ask(get().says("Cache-Control: max-age=1", "ETag: \"a\"").body("1").then(5))
                .ask(send("HEAD").says(FRESH, "ETag: \"b\"").body("1"))
                .ask(get().asksWithout("if-none-match").notCached())));
  }

  @TestFactory
  Stream<DynamicTest> failures() {
    String one = "Cache-Control: max-age=1";
    List<CacheCase> cases = new ArrayList<>();
    for (int status : List.of(500, 502, 503, 504)) {
      cases.add(
          CacheCase.of("stale-if-error at " + status)
              .ask(get().says(one + ", stale-if-error=60").then(10))
              .ask(get().says(status).status(200).and(r -> r.text().endsWith("#1"))));
      cases.add(
          CacheCase.of("no stale-if-error at " + status)
              .ask(get().says(one).then(10))
              .ask(get().says(status).status(status)));
    }
    cases.add(
        CacheCase.of("404 is no failure")
            .ask(get().says(one + ", stale-if-error=60").then(10))
            .ask(get().says(404).status(404)));
    cases.add(
        CacheCase.of("stale-if-error where nobody answers")
            .ask(get().says(one + ", stale-if-error=60").then(10))
            .ask(get().cuts().status(200).and(r -> r.text().endsWith("#1"))));
    cases.add(
        CacheCase.of("stale-if-error is over")
            .ask(get().says(one + ", stale-if-error=60").then(70))
            .ask(get().cuts().status(502)));
    for (String never : List.of("must-revalidate", "proxy-revalidate", "s-maxage=1", "no-cache")) {
      cases.add(
          CacheCase.of("what is stale is not sent alone against " + never + " (4.2.4)")
              .ask(get().says("Cache-Control: max-age=5, " + never, "ETag: \"a\"").then(10))
              .ask(get().cuts().status(502)));
      cases.add(
          CacheCase.of("a client's stale-if-error against " + never)
              .ask(get().says("Cache-Control: max-age=5, " + never, "ETag: \"a\"").then(10))
              .ask(get("Cache-Control: stale-if-error=60").says(500).status(500)));
      cases.add(
          CacheCase.of("stale-if-error against " + never)
              .ask(get().says(one + ", stale-if-error=60, " + never, "ETag: \"a\"").then(10))
              .ask(get().cuts().status(502)));
    }
    cases.addAll(
        List.of(
            CacheCase.of("where nobody answers what is stale is sent (4.2.4)")
                .ask(get().says(one).then(10))
                .ask(get().cuts().status(200).and(r -> r.text().endsWith("#1"))),
            CacheCase.of("for ten minutes")
                .ask(get().says(one).then(700))
                .ask(get().cuts().status(502)),
            CacheCase.of("for no longer than stale-if-error says")
                .ask(get().says(one + ", stale-if-error=5").then(10))
                .ask(get().cuts().status(502)),
            CacheCase.of("not what was never fresh")
                .ask(get().says("Cache-Control: max-age=0", "ETag: \"a\"").then(10))
                .ask(get().cuts().status(502)),
            CacheCase.of("nor to credentials that it is not for")
                .ask(get().says(one).then(10))
                .ask(get("Authorization: x").cuts().status(502)),
            CacheCase.of("nor to whoever wants nothing stored")
                .ask(get().says(one).then(10))
                .ask(get("Cache-Control: no-store").cuts().status(502)),
            CacheCase.of("a client may say stale-if-error (RFC 5861, 4)")
                .ask(get().says(one).then(10))
                .ask(
                    get("Cache-Control: stale-if-error=60")
                        .says(500)
                        .status(200)
                        .and(r -> r.text().endsWith("#1"))),
            CacheCase.of("for as long as it says")
                .ask(get().says(one).then(100))
                .ask(get("Cache-Control: stale-if-error=60").says(500).status(500))));
    cases.add(
        CacheCase.of("by rule")
            .under("/stale/")
            .ask(get().then(20))
            .ask(get().cuts().status(200).and(r -> r.text().endsWith("#1"))));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> keys() {
    return tests(
        List.of(
            CacheCase.of("another query")
                .ask(get().at("?a=1").says(FRESH))
                .ask(get().at("?a=2").notCached()),
            CacheCase.of("the same query")
                .ask(get().at("?a=1").says(FRESH))
                .ask(get().at("?a=1").cached()),
            CacheCase.of("an empty query").ask(get().says(FRESH)).ask(get().at("?").notCached()),
            CacheCase.of("another case")
                .ask(get().at("/a").says(FRESH))
                .ask(get().at("/A").notCached()),
            CacheCase.of("%2f is no slash")
                .ask(get().at("/a/b").says(FRESH))
                .ask(get().at("/a%2fb").notCached()),
            CacheCase.of("two slashes are not one")
                .ask(get().at("/a").says(FRESH))
                .ask(get().at("//a").notCached()),
            CacheCase.of("a parameter of the path counts")
                .ask(get().at("/a").says(FRESH))
                .ask(get().at("/a;b.css").notCached()),
            CacheCase.of("a dot segment counts")
                .ask(get().at("/a").says(FRESH))
                .ask(get().at("/./a").notCached()),
            CacheCase.of("escapes of what needs none mean the same (RFC 3986, 6.2.2.2)")
                .ask(get().at("/~a-b_c.9").says(FRESH))
                .ask(get().at("/%7ea%2Db%5fc%2e9").cached())
                .ask(get().at("/%7E%61-b%5Fc.%39").cached()),
            CacheCase.of("either way round, and the app gets what was sent")
                .ask(get().at("/%7ea%c3%a9").says(FRESH).and(r -> r.text().contains("/%7ea%c3%a9")))
                .ask(get().at("/~a%C3%A9").cached()),
            CacheCase.of("the case of escapes does not count (6.2.2.1)")
                .ask(get().at("/a%c3%9f").says(FRESH))
                .ask(get().at("/a%C3%9F").cached()),
            CacheCase.of("that of what is escaped does")
                .ask(get().at("/%61").says(FRESH))
                .ask(get().at("/%41").notCached()),
            CacheCase.of("an escaped escape is not decoded twice")
                .ask(get().at("/%257e").says(FRESH))
                .ask(get().at("/%7e").notCached())
                .ask(get().at("/~").notCached()),
            CacheCase.of("the query stays as it is")
                .ask(get().at("?a=%7e").says(FRESH))
                .ask(get().at("?a=~").notCached())
                .ask(get().at("?a=%7E").notCached()),
            CacheCase.of("an escaped question mark begins none")
                .ask(get().at("/a%3fb=%7e").says(FRESH))
                .ask(get().at("/a?b=~").notCached())
                .ask(get().at("/a?b=%7e").notCached())
                .ask(get().at("/a%3Fb=~").cached()),
            CacheCase.of("escaped dots make no dot segment")
                .ask(get().at("/a/%2e%2e/b").says(FRESH))
                .ask(get().at("/a/../b").notCached())
                .ask(get().at("/b").notCached())
                .ask(get().at("/a/%2E%2e/b").cached()),
            CacheCase.of("nor half escaped ones, nor with a parameter")
                .ask(get().at("/a/.%2e;x/b").says(FRESH))
                .ask(get().at("/a/..;x/b").notCached())
                .ask(get().at("/a/%2e.;x/b").notCached()),
            CacheCase.of("an escaped slash, backslash or semicolon stays one")
                .ask(get().at("/a%2fb%5cc%3bd").says(FRESH))
                .ask(get().at("/a/b%5cc%3bd").notCached())
                .ask(get().at("/a%2fb%5cc;d").notCached())
                .ask(get().at("/a%2Fb%5Cc%3Bd").cached()),
            CacheCase.of("an escaped space is no plus")
                .ask(get().at("/a%20b").says(FRESH))
                .ask(get().at("/a+b").notCached())
                .ask(get().at("/a%2bb").notCached()),
            CacheCase.of("an escaped line end parts nothing of a key")
                .ask(get().at("/a%0ab").says(FRESH))
                .ask(get().at("/a%0Ab").cached())
                .ask(get().at("/ab").notCached()),
            CacheCase.of("what changes one spelling removes all")
                .ask(get().at("/%7ex").says(FRESH))
                .ask(send("POST").at("/~x").status(200))
                .ask(get().at("/%7Ex").notCached()),
            CacheCase.of("an endless key is not stored")
                .ask(get().at("?" + "a".repeat(5000)).says(FRESH))
                .ask(get().at("?" + "a".repeat(5000)).notCached())));
  }
}
