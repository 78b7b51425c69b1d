package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Listen;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConcurrencyTest {
  @ParameterizedTest
  @CsvSource({
    "gunicorn app:app, 128",
    "gunicorn -k uvicorn.workers.UvicornWorker app:app, 1024",
    "gunicorn --worker-class gevent app:app, 1024",
    "/env/bin/uvicorn app:app --uds s, 1024",
    "granian --interface wsgi app:app, 128",
    "granian --interface asgi app:app, 1024",
    "python3 serve.py, 128",
  })
  void eventLoopsTakeMore(String text, int inFlight) {
    Command command = new Command(text, List.of(text.split(" ")), false);
    WebPlan web =
        new WebPlan(
            command, Map.of(), Listen.UNIX, Duration.ofSeconds(2), "", "", List.of(), List.of());
    assertThat(Concurrency.inFlight(web)).isEqualTo(inFlight);
    assertThat(Concurrency.inFlight(null)).isEqualTo(128);
  }
}
