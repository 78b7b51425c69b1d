package dev.undercloud.edge;

import static dev.undercloud.edge.CacheCase.get;
import static dev.undercloud.edge.CacheCase.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is the same to the cache (RFC 9111, 2; RFC 3986, 6.2.2), and what may not be. */
class CacheKeysTest extends CacheSuite {
  private static final String FRESH = "Cache-Control: max-age=60";

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

  @Test
  void whatIsStoredIsBehindTheRulesHoweverItsPathIsEscaped(@TempDir Path folder) throws Exception {
    try (CacheOrigin app = new CacheOrigin(folder.resolve("s"));
        CacheRig own = new CacheRig(app.backend)) {
      List<String> spellings =
          List.of("/~s/a", "/%7Es/a", "/%7es/%61", "/%7e%73/a", "//~s/a", "/x/%2e%2e/~s/a");
      for (String spelling : spellings) {
        app.script(spelling, new CacheOrigin.Reply(200, List.of(FRESH), null, List.of(), false));
        assertThat(own.get(spelling).status()).isEqualTo(200);
      }
      for (String rule : List.of("/~s/*", "/%7es/*", "/%7E%73/*")) {
        own.follow(Policy.route(rule).deny("127.0.0.0/8").end());
        for (String spelling : spellings) {
          Wire.Response response = own.get(spelling);
          assertThat(response.status()).as("%s under %s", spelling, rule).isEqualTo(403);
          assertThat(response.field("cache-status")).as(spelling).isNull();
        }
        assertThat(own.get("/open").status()).isEqualTo(200);
      }
    }
  }
}
