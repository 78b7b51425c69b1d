package dev.undercloud.edge;

import static dev.undercloud.edge.CacheCase.get;
import static dev.undercloud.edge.CacheCase.send;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RFC 9111, 3.3 and 4.3.5; RFC 9110, 14: parts of what is stored, stored parts, and heads. */
class CacheRangesTest extends CacheSuite {
  private static final String FRESH = "Cache-Control: max-age=60";

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
}
