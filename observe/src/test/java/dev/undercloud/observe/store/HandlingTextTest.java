package dev.undercloud.observe.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.observe.model.Handling;
import dev.undercloud.observe.model.Tried;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandlingTextTest {
  private static Handling back(Handling h) {
    return HandlingText.parse(h.by().name(), h.route(), h.where(), HandlingText.of(h));
  }

  @Test
  void whatIsPlainCostsNothing() {
    assertThat(HandlingText.of(Handling.PLAIN)).isNull();
    assertThat(back(Handling.PLAIN)).isEqualTo(Handling.PLAIN);
  }

  @Test
  void everythingComesBack() {
    Handling all =
        new Handling(
            AnsweredBy.CACHE,
            "/a b/*",
            "undercloud.toml:3",
            "100/min by header x-key",
            "/v2/a b",
            CacheReason.ON_ERROR,
            true,
            true,
            "next",
            true,
            0,
            13,
            BodyCoding.ZSTD,
            77,
            List.of(
                new Tried("web.1", "closed the connection without a response", 3, 400),
                new Tried("web.2", "refused the connection", 403, 1)));
    assertThat(back(all)).isEqualTo(all);
  }
}
