package dev.undercloud.edge;

import dev.undercloud.core.policy.CacheRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One edge and one origin for all cases of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class CacheSuite {
  CacheOrigin origin;
  CacheRig rig;

  @BeforeAll
  void start(@TempDir Path folder) {
    origin = new CacheOrigin(folder.resolve("s"));
    rig = new CacheRig(origin.backend);
    Map<String, CacheRule> rules = new LinkedHashMap<>();
    rules.put("/ttl/*", CacheRig.ttl(Duration.ofSeconds(60)));
    rules.put(
        "/negative/*",
        new CacheRule(
            Optional.empty(),
            Map.of(404, Duration.ofSeconds(30)),
            Optional.empty(),
            Optional.empty(),
            List.of()));
    rules.put(
        "/stale/*",
        new CacheRule(
            Optional.of(Duration.ofSeconds(10)),
            Map.of(),
            Optional.empty(),
            Optional.of(Duration.ofSeconds(100)),
            List.of()));
    rules.put(
        "/ignore/*",
        new CacheRule(
            Optional.of(Duration.ofSeconds(60)),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            List.of("utm_*", "ref")));
    rig.rules(rules);
  }

  @AfterAll
  void stop() {
    rig.close();
    origin.close();
  }

  Stream<DynamicTest> tests(List<CacheCase> cases) {
    return cases.stream().map(each -> each.test(rig, origin));
  }
}
