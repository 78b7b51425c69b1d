package dev.undercloud.edge;

import static dev.undercloud.edge.CacheCase.get;

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
}
