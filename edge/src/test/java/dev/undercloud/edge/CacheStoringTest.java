package dev.undercloud.edge;

import static dev.undercloud.edge.CacheCase.get;
import static dev.undercloud.edge.CacheCase.send;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RFC 9111, 3 and 5.2: what is stored, of that what, and for whom. */
class CacheStoringTest extends CacheSuite {
  private static final String FRESH = "Cache-Control: max-age=60";

  private static CacheCase stored(String name, String... says) {
    return CacheCase.of(name).ask(get().says(says)).ask(get().cached());
  }

  private static CacheCase notStored(String name, String... says) {
    return CacheCase.of(name).ask(get().says(says)).ask(get().notCached());
  }

  @TestFactory
  Stream<DynamicTest> statuses() {
    List<CacheCase> cases = new ArrayList<>();
    for (int status :
        List.of(
            200, 201, 202, 203, 204, 205, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404,
            405, 410, 414, 418, 429, 451, 499, 500, 501, 502, 503, 504, 599)) {
      cases.add(
          CacheCase.of(status + " with explicit freshness is used again")
              .ask(get().says(status, FRESH))
              .ask(get().fromCache().status(status)));
      cases.add(
          CacheCase.of(status + " that is stale is not")
              .ask(get().says(status, FRESH).then(61))
              .ask(get().notCached()));
    }
    cases.add(
        CacheCase.of("206 is not stored as the whole")
            .ask(
                get("Range: bytes=0-4")
                    .says(206, FRESH, "Content-Range: bytes 0-4/10")
                    .body("01234"))
            .ask(get().notCached()));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> directives() {
    List<CacheCase> cases = new ArrayList<>();
    for (String never :
        List.of(
            "no-store",
            "No-StOrE",
            "no-store, max-age=60",
            "max-age=60, no-store",
            "no-store=\"a\", max-age=60",
            "no-store=x, max-age=60",
            "private",
            "private, max-age=60",
            "PRIVATE, max-age=60",
            "private, s-maxage=60",
            "private=, max-age=60",
            "private=\"\", max-age=60",
            "no-cache",
            "No-CaChE, max-age=60",
            "max-age=60, no-cache",
            "no-cache, no-store, must-revalidate, max-age=60",
            "public, private, max-age=60",
            "public, no-store, max-age=60")) {
      cases.add(notStored(never, "Cache-Control: " + never, "Expires: @60@"));
    }
    for (String still :
        List.of(
            "public, max-age=60",
            "max-age=60, must-revalidate",
            "max-age=60, proxy-revalidate",
            "max-age=60, no-transform",
            "max-age=60, must-understand",
            "max-age=60, must-understand, no-store",
            "max-age=60, no-cache=\"set-cookie\"",
            "max-age=60, private=\"x-user\"",
            "max-age=60, foo=\"no-store\"",
            "max-age=60, foo=\"private, no-cache\"")) {
      cases.add(stored(still, "Cache-Control: " + still));
    }
    cases.add(notStored("directives on two lines", FRESH, "Cache-Control: no-store"));
    cases.add(
        CacheCase.of("must-understand forbids what is not understood")
            .ask(get().says(299, "Cache-Control: max-age=60, must-understand"))
            .ask(get().notCached()));
    cases.add(stored("Pragma of responses says nothing", FRESH, "Pragma: no-cache"));
    cases.add(stored("a disposition says nothing", FRESH, "Content-Disposition: attachment"));
    cases.add(
        CacheCase.of("a no-store response leaves what was stored")
            .ask(get().says("Cache-Control: max-age=10000").then(1))
            .ask(get("Cache-Control: no-cache").says("Cache-Control: no-store").notCached())
            .ask(get().cached()));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> people() {
    List<CacheCase> cases = new ArrayList<>();
    for (String shared : List.of("public", "must-revalidate", "s-maxage=60")) {
      cases.add(
          CacheCase.of("with credentials, " + shared)
              .ask(get("Authorization: x").says(FRESH + ", " + shared))
              .ask(get().cached())
              .ask(get("Authorization: y").cached()));
    }
    cases.add(
        CacheCase.of("a response to credentials is nobody else's")
            .ask(get("Authorization: x").says(FRESH))
            .ask(get().notCached()));
    cases.add(
        CacheCase.of("nor theirs a second time")
            .ask(get("Authorization: x").says(FRESH))
            .ask(get("Authorization: x").notCached()));
    cases.add(
        CacheCase.of("credentials get nothing that was stored without them")
            .ask(get().says(FRESH))
            .ask(get("Authorization: x").notCached()));
    cases.add(
        CacheCase.of("cookies get what the app says is fresh")
            .ask(get().says(FRESH))
            .ask(get("Cookie: a=b").cached()));
    cases.add(
        CacheCase.of("and so does the next one")
            .ask(get("Cookie: a=b").says(FRESH))
            .ask(get("Cookie: c=d").cached()));
    cases.add(notStored("Set-Cookie is one person's", FRESH, "Set-Cookie: a=b"));
    cases.add(stored("unless it is public", FRESH + ", public", "Set-Cookie: a=b"));
    cases.add(stored("or for shared caches", "Cache-Control: s-maxage=60", "Set-Cookie: a=b"));
    cases.add(
        CacheCase.of("or left out")
            .ask(get().says(FRESH + ", no-cache=\"Set-Cookie\"", "Set-Cookie: a=b"))
            .ask(get().cached().without("set-cookie")));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> fields() {
    List<CacheCase> cases = new ArrayList<>();
    for (String kept :
        List.of(
            "Test-Header: a",
            "X-Test-Header: a",
            "Content-Type: text/plain",
            "Content-Encoding: gzip",
            "Content-Language: de",
            "Content-Location: /foo",
            "Content-Security-Policy: default-src 'self'",
            "ETag: \"a\"",
            "Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT",
            "Strict-Transport-Security: max-age=1",
            "WWW-Authenticate: Basic",
            "X-Frame-Options: deny",
            "Link: </a>; rel=preload")) {
      String name = kept.substring(0, kept.indexOf(':'));
      cases.add(
          CacheCase.of("keeps " + name)
              .ask(get().says(FRESH, kept))
              .ask(get().cached().field(name.toLowerCase(), kept.substring(name.length() + 2))));
    }
    for (String dropped :
        List.of(
            "Keep-Alive: timeout=5",
            "Proxy-Authenticate: a",
            "Proxy-Authentication-Info: a",
            "Proxy-Authorization: a",
            "Proxy-Connection: keep-alive",
            "TE: trailers",
            "Trailer: x",
            "Surrogate-Key: a b",
            "Cache-Tag: a,b")) {
      String name = dropped.substring(0, dropped.indexOf(':')).toLowerCase();
      cases.add(
          CacheCase.of("drops " + name)
              .ask(get().says(FRESH, dropped))
              .ask(get().cached().without(name)));
    }
    cases.add(
        CacheCase.of("drops what Connection names")
            .ask(get().says(FRESH, "Connection: a, b", "a: 1", "b: 2", "c: 3"))
            .ask(get().cached().without("a").without("b").without("connection").field("c", "3")));
    cases.add(
        CacheCase.of("drops what no-cache names")
            .ask(get().says(FRESH + ", no-cache=\"a, B\"", "a: 1", "b: 2", "c: 3"))
            .ask(get().cached().without("a").without("b").field("c", "3")));
    cases.add(
        CacheCase.of("drops what private names")
            .ask(get().says(FRESH + ", private=\"a\"", "a: 1", "b: 2"))
            .ask(get().cached().without("a").field("b", "2")));
    cases.add(
        CacheCase.of("takes an unquoted name")
            .ask(get().says(FRESH + ", no-cache=a", "a: 1", "b: 2"))
            .ask(get().cached().without("a").field("b", "2")));
    cases.add(
        CacheCase.of("several lines of one field stay several")
            .ask(get().says(FRESH, "Link: <a>", "Link: <b>"))
            .ask(get().cached().field("link", "<a>, <b>")));
    cases.add(
        CacheCase.of("adds a Date where there is none")
            .ask(get().says(FRESH))
            .ask(get().cached().and(response -> !response.field("date").isEmpty())));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> methods() {
    List<CacheCase> cases = new ArrayList<>();
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "M-SEARCH")) {
      cases.add(
          CacheCase.of("a response to " + method + " is no GET's")
              .ask(send(method).says(FRESH))
              .ask(get().notCached()));
      cases.add(
          CacheCase.of(method + " is not answered from the cache")
              .ask(get().says(FRESH))
              .ask(send(method).notCached()));
      cases.add(
          CacheCase.of(method + " invalidates")
              .ask(get().says(FRESH))
              .ask(send(method).says(200))
              .ask(get().notCached()));
      cases.add(
          CacheCase.of(method + " that is redirected invalidates")
              .ask(get().says(FRESH))
              .ask(send(method).says(303, "Location: /"))
              .ask(get().notCached()));
      for (int status : List.of(400, 404, 500, 503)) {
        cases.add(
            CacheCase.of(method + " that fails with " + status + " does not")
                .ask(get().says(FRESH))
                .ask(send(method).says(status))
                .ask(get().cached()));
      }
    }
    String expires = "Expires: @60@";
    cases.addAll(
        List.of(
            CacheCase.of("a POST that says that it is what a GET gets is (RFC 9110, 9.3.3)")
                .ask(send("POST").says(FRESH, "Content-Location:"))
                .ask(get().cached()),
            CacheCase.of("by Expires too")
                .ask(send("POST").says(expires, "Content-Location:"))
                .ask(get().cached()),
            CacheCase.of("not of another query")
                .ask(send("POST").says(FRESH, "Content-Location: ?a"))
                .ask(get().notCached())
                .ask(get().at("?a").notCached()),
            CacheCase.of("and replaces what was stored")
                .ask(get().says(FRESH))
                .ask(send("POST").says(FRESH, "Content-Location:").notCached())
                .ask(get().cached(1)),
            CacheCase.of("not without a freshness of its own")
                .ask(
                    send("POST")
                        .says("Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT", "Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("nor by a rule's")
                .under("/ttl/")
                .ask(send("POST").says("Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("not of another place")
                .ask(send("POST").says(FRESH, "Content-Location: /other"))
                .ask(get().notCached()),
            CacheCase.of("not of the same place elsewhere")
                .ask(send("POST").says(FRESH, "Content-Location: http://evil.localhost"))
                .ask(get().notCached()),
            CacheCase.of("not what is private")
                .ask(send("POST").says(FRESH + ", private", "Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("not what sets a cookie")
                .ask(send("POST").says(FRESH, "Set-Cookie: a=b", "Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("not to credentials")
                .ask(send("POST", "Authorization: x").says(FRESH, "Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("not of another status")
                .ask(send("POST").says(201, FRESH, "Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("not for a method that only looks like it")
                .ask(send("post").says(FRESH, "Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("not where the request says to be another one")
                .ask(
                    send("POST", "X-HTTP-Method-Override: DELETE").says(FRESH, "Content-Location:"))
                .ask(get().notCached()),
            CacheCase.of("not a PUT's")
                .ask(send("PUT").says(FRESH, "Content-Location:"))
                .ask(get().notCached())));
    for (String method : List.of("OPTIONS")) {
      cases.add(
          CacheCase.of(method + " does not invalidate")
              .ask(get().says(FRESH))
              .ask(send(method).says(200))
              .ask(get().cached()));
    }
    cases.add(
        CacheCase.of("a GET with a body is no GET")
            .ask(get("Content-Length: 0").says(FRESH))
            .ask(get().cached()));
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> interim() {
    return tests(
        List.of(
            CacheCase.of("102 passes, the final response is stored")
                .ask(get().interim("HTTP/1.1 102 Processing\r\n\r\n").says(FRESH))
                .ask(get().cached()),
            CacheCase.of("103 passes, and nothing of it is stored")
                .ask(
                    get()
                        .interim("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\nX-Early: 1\r\n\r\n")
                        .says(FRESH))
                .ask(get().cached().without("x-early").without("link")),
            CacheCase.of("directives of an interim response say nothing")
                .ask(
                    get()
                        .interim("HTTP/1.1 103 Early Hints\r\nCache-Control: no-store\r\n\r\n")
                        .says(FRESH))
                .ask(get().cached())));
  }

  @TestFactory
  Stream<DynamicTest> rules() {
    return tests(
        List.of(
            CacheCase.of("a rule makes fresh what says nothing")
                .under("/ttl/")
                .ask(get().then(50))
                .ask(get().cached()),
            CacheCase.of("for as long as it says")
                .under("/ttl/")
                .ask(get().then(61))
                .ask(get().notCached()),
            CacheCase.of("what says no-store stays out")
                .under("/ttl/")
                .ask(get().says("Cache-Control: no-store"))
                .ask(get().notCached()),
            CacheCase.of("so does what is private")
                .under("/ttl/")
                .ask(get().says("Cache-Control: private"))
                .ask(get().notCached()),
            CacheCase.of("what the app says overrules the rule")
                .under("/ttl/")
                .ask(get().says("Cache-Control: max-age=5").then(10))
                .ask(get().notCached()),
            CacheCase.of("credentials are never answered by it")
                .under("/ttl/")
                .ask(get())
                .ask(get("Authorization: Bearer x").notCached()),
            CacheCase.of("nor are theirs stored")
                .under("/ttl/")
                .ask(get("Authorization: Bearer x"))
                .ask(get().notCached()),
            CacheCase.of("nor what cookies get")
                .under("/ttl/")
                .ask(get("Cookie: a=b"))
                .ask(get().notCached()),
            CacheCase.of("nor do cookies get it")
                .under("/ttl/")
                .ask(get())
                .ask(get("Cookie: a=b").notCached()),
            CacheCase.of("nor what sets cookies")
                .under("/ttl/")
                .ask(get().says("Set-Cookie: a=b"))
                .ask(get().notCached()),
            CacheCase.of("errors are not answers")
                .under("/ttl/")
                .ask(get().says(500))
                .ask(get().notCached()),
            CacheCase.of("nor is what is not there")
                .under("/ttl/")
                .ask(get().says(404))
                .ask(get().notCached()),
            CacheCase.of("unless a rule says so")
                .under("/negative/")
                .ask(get().says(404).then(20))
                .ask(get().cached().status(404)),
            CacheCase.of("for as long as that says")
                .under("/negative/")
                .ask(get().says(404).then(31))
                .ask(get().notCached()),
            CacheCase.of("and for no other status")
                .under("/negative/")
                .ask(get().says(410))
                .ask(get().notCached()),
            CacheCase.of("parameters that do not count")
                .under("/ignore/")
                .ask(get().at("?utm_source=a&x=1"))
                .ask(get().at("?x=1&ref=b").fromCache()),
            CacheCase.of("parameters that do")
                .under("/ignore/")
                .ask(get().at("?x=1"))
                .ask(get().at("?x=2").notCached())));
  }
}
