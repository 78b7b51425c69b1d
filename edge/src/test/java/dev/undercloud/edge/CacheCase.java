package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;

/**
 * One behaviour of the cache: requests in turn, what the origin says to each if it is asked, and
 * what is to come of it. In texts, {@code @-30@} is the HTTP date of 30 seconds ago.
 */
final class CacheCase {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final String name;
  private final List<Step> steps = new ArrayList<>();
  private String prefix = "/c";

  private CacheCase(String name) {
    this.name = name;
  }

  static CacheCase of(String name) {
    return new CacheCase(name);
  }

  /** Below a route with a rule. */
  CacheCase under(String route) {
    prefix = route;
    return this;
  }

  CacheCase ask(Step step) {
    steps.add(step);
    return this;
  }

  DynamicTest test(CacheRig rig, CacheOrigin origin) {
    return DynamicTest.dynamicTest(name, () -> run(rig, origin));
  }

  private void run(CacheRig rig, CacheOrigin origin) throws IOException {
    String base = prefix + COUNT.incrementAndGet();
    List<String> bodies = new ArrayList<>();
    for (Step step : steps) {
      String path = base + step.suffix;
      int before = origin.asked(path).size();
      origin.script(
          path,
          new CacheOrigin.Reply(
              step.status, dated(step.reply, rig), step.body, step.interim, step.cut));
      Wire.Response response =
          rig.ask(step.method, path, dated(step.request, rig).toArray(String[]::new));
      List<String> heads = origin.asked(path);
      boolean asked = heads.size() > before;
      if (!asked) {
        // What it would have said to this one, it does not say to the next.
        origin.forget(path);
      }
      step.check(name, response, asked ? heads.getLast() : null, bodies);
      bodies.add(response.text());
      if (!step.pause.isZero()) {
        rig.clock.skip(step.pause);
      }
    }
  }

  private static List<String> dated(List<String> lines, CacheRig rig) {
    return lines.stream().map(line -> dated(line, rig.clock.now())).toList();
  }

  private static String dated(String line, Instant now) {
    int at = line.indexOf('@');
    int end = line.lastIndexOf('@');
    if (at < 0 || at == end) {
      return line;
    }
    long offset = Long.parseLong(line.substring(at + 1, end));
    return line.substring(0, at) + DATE.format(now.plusSeconds(offset)) + line.substring(end + 1);
  }

  static Step get(String... request) {
    return new Step("GET", request);
  }

  static Step send(String method, String... request) {
    return new Step(method, request);
  }

  /** One request. */
  static final class Step {
    private final String method;
    private final List<String> request;
    private String suffix = "";
    private int status = 200;
    private List<String> reply = List.of();
    private String body;
    private final List<String> interim = new ArrayList<>();
    private boolean cut;
    private Duration pause = Duration.ZERO;
    private Consumer<Seen> check = seen -> {};

    private Step(String method, String... request) {
      this.method = method;
      this.request = Arrays.asList(request);
    }

    /** Another resource than that of the case. */
    Step at(String suffix) {
      this.suffix = suffix;
      return this;
    }

    Step says(String... fields) {
      reply = Arrays.asList(fields);
      return this;
    }

    Step says(int status, String... fields) {
      this.status = status;
      return says(fields);
    }

    Step body(String body) {
      this.body = body;
      return this;
    }

    Step interim(String text) {
      interim.add(text);
      return this;
    }

    /** The origin closes the connection instead. */
    Step cuts() {
      cut = true;
      return this;
    }

    Step then(int seconds) {
      pause = Duration.ofSeconds(seconds);
      return this;
    }

    Step and(java.util.function.Predicate<Wire.Response> holds) {
      return expect(seen -> assertThat(holds.test(seen.response)).as(seen.name).isTrue());
    }

    private Step expect(Consumer<Seen> more) {
      check = check.andThen(more);
      return this;
    }

    /** The origin is not asked, and the body is the first one that came. */
    Step cached() {
      return cached(0);
    }

    /** The same with the body of that step. */
    Step cached(int step) {
      return expect(seen -> {
        assertThat(seen.asked).as("%s: asked the origin", seen.name).isNull();
        assertThat(seen.response.text()).as(seen.name).isEqualTo(seen.bodies.get(step));
        assertThat(seen.response.field("cache-status")).as(seen.name).contains("undercloud; hit");
        assertThat(seen.response.field("age")).as(seen.name).matches("\\d+");
      });
    }

    /** The origin is not asked. */
    Step fromCache() {
      return expect(seen -> assertThat(seen.asked).as(seen.name).isNull());
    }

    Step notCached() {
      return expect(seen -> {
        assertThat(seen.asked).as("%s: not asked", seen.name).isNotNull();
        assertThat(seen.bodies).as(seen.name).doesNotContain(seen.response.text());
      });
    }

    /** The origin is asked with this line in the head. */
    Step asks(String line) {
      return expect(
          seen -> assertThat(seen.asked.lines().map(String::strip)).as(seen.name).contains(line));
    }

    Step asksWithout(String field) {
      return expect(seen ->
          assertThat(seen.asked.toLowerCase(Locale.ROOT))
              .as(seen.name)
              .doesNotContain("\n" + field + ":"));
    }

    /** The origin is asked, says 304, and the stored body is sent. */
    Step validated() {
      return expect(seen -> {
        assertThat(seen.asked).as("%s: not asked", seen.name).isNotNull();
        assertThat(seen.response.status()).as(seen.name).isEqualTo(200);
        assertThat(seen.response.text()).as(seen.name).isEqualTo(seen.bodies.getFirst());
      });
    }

    Step status(int expected) {
      return expect(seen -> assertThat(seen.response.status()).as(seen.name).isEqualTo(expected));
    }

    Step field(String name, String value) {
      return expect(seen ->
          assertThat(seen.response.field(name)).as("%s: %s", seen.name, name).isEqualTo(value));
    }

    Step fieldIn(String name, int from, int to) {
      return expect(seen ->
          assertThat(Long.parseLong(seen.response.field(name)))
              .as("%s: %s", seen.name, name)
              .isBetween((long) from, (long) to));
    }

    Step without(String name) {
      return expect(
          seen -> assertThat(seen.response.field(name)).as("%s: %s", seen.name, name).isNull());
    }

    Step text(String expected) {
      return expect(seen -> assertThat(seen.response.text()).as(seen.name).isEqualTo(expected));
    }

    private void check(String name, Wire.Response response, String asked, List<String> bodies) {
      check.accept(new Seen(name, response, asked, bodies));
    }
  }

  private record Seen(String name, Wire.Response response, String asked, List<String> bodies) {}
}
