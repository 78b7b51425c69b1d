package dev.undercloud.edge;

import static dev.undercloud.edge.CacheCase.get;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RFC 9111, 4.2.4; RFC 5861, 4: what is sent where the app fails. */
class CacheFailuresTest extends CacheSuite {
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
}
