package dev.undercloud.observe;

import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.observe.model.Exchange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Makes exchanges as the edge would. */
public final class Slots {
  public static final Upstream WEB_1 = upstream("web.1");
  public static final Upstream WEB_2 = upstream("web.2");

  private Slots() {}

  public static Upstream upstream(String replica) {
    return new Upstream(
        "articles." + replica + "-3f9c",
        "articles",
        replica,
        "r1",
        new Address.Tcp("127.0.0.1", 9));
  }

  /** An ordinary GET: 200, 12.3 ms, most of it in the app. */
  public static ExchangeSlot ordinary(long id, Instant time) {
    ExchangeSlot slot = new ExchangeSlot();
    slot.clear();
    slot.id = id;
    slot.traceHigh = 0x0af7651916cd43ddL;
    slot.traceLow = id ^ 0x5555;
    slot.epochMicros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
    text(slot, "GET", "/articles/one?page=2", "articles.localhost:8080", "curl/8.5.0");
    slot.client = "127.0.0.1";
    slot.app = "articles";
    slot.upstream = WEB_1;
    slot.status = 200;
    slot.responseBytes = 1234;
    slot.attempts = 1;
    slot.reused = true;
    marks(slot, -1, 0, 100, 110, 130, 200, 11_900, 12_100, 12_300);
    return slot;
  }

  /** Microseconds of each stage in order; negative for never. */
  public static void marks(ExchangeSlot slot, long... micros) {
    for (int i = 0; i < Stage.COUNT; i++) {
      slot.at[i] = micros[i] < 0 ? ExchangeSlot.NEVER : 5_000_000_000L + micros[i] * 1000;
    }
  }

  public static void text(
      ExchangeSlot slot, String method, String target, String host, String agent) {
    slot.methodLength = put(method, slot.method);
    slot.targetLength = put(target, slot.target);
    slot.hostLength = put(host, slot.host);
    slot.userAgentLength = put(agent, slot.userAgent);
  }

  public static void target(ExchangeSlot slot, String target) {
    slot.targetLength = put(target, slot.target);
  }

  private static int put(String text, byte[] to) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, to, 0, bytes.length);
    return bytes.length;
  }

  public static Exchange exchange(long id, Instant time) {
    return Exchange.of(ordinary(id, time));
  }
}
