package dev.undercloud.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ExchangeRingTest {
  private static final Upstream UPSTREAM =
      new Upstream("a.web.1-1", "a", "web.1", "r", new Address.Tcp("127.0.0.1", 1));

  private static final RouteRule ROUTE =
      new RouteRule("undercloud.toml:3", "/*", List.of(), Set.of(), Map.of(), RouteOptions.NONE);

  /** Far more than a ring takes, so that reader and writer go around it side by side. */
  private static final int MOST_SENT = 1_000_000;

  /**
   * How often the writer waits for the reader at most: somewhat more than those need that have a
   * processor each. Where they share one with others, each wait lasts long and little is read.
   */
  private static final int MOST_FULL = 2_000;

  private final Random random = new Random(42);

  /** Every field of a slot, whichever there are, set to something of its own. */
  private ExchangeSlot filled() throws IllegalAccessException {
    ExchangeSlot slot = new ExchangeSlot();
    slot.clear();
    for (Field field : ExchangeSlot.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      Class<?> type = field.getType();
      if (type == long.class) {
        // Nobody sends 256 TiB, which is where a count of bytes shares its word.
        boolean bytes = field.getName().equals("sentBytes");
        field.setLong(slot, bytes ? random.nextLong(1L << 48) : random.nextLong());
      } else if (type == boolean.class) {
        field.setBoolean(slot, random.nextBoolean());
      } else if (type == String.class) {
        field.set(slot, "text " + random.nextInt());
      } else if (type == byte[].class) {
        byte[] text = field.get(slot) == null ? slot.rewritten() : (byte[]) field.get(slot);
        random.nextBytes(text);
      } else if (type == long[].class) {
        Arrays.setAll((long[]) field.get(slot), i -> random.nextLong());
      } else if (type == Upstream.class) {
        field.set(slot, UPSTREAM);
      } else if (type == RouteRule.class) {
        field.set(slot, ROUTE);
      } else if (type == FailedAttempt.class) {
        field.set(slot, FailedAttempt.after(null, "web.1", "broke off", random.nextLong(), 9));
      } else if (field.getName().equals("tls")) {
        field.setInt(slot, random.nextInt(14));
      } else if (type.isEnum()) {
        Object[] all = type.getEnumConstants();
        field.set(slot, all[random.nextInt(all.length)]);
      } else if (field.getName().endsWith("Length")) {
        byte[] text = text(slot, field.getName().replace("Length", ""));
        field.setInt(slot, random.nextInt(text.length + 1));
      } else if (type == int.class) {
        field.setInt(slot, random.nextInt(600));
      } else {
        throw new AssertionError("a field of a type this test does not know: " + field);
      }
    }
    return slot;
  }

  private static byte[] text(ExchangeSlot slot, String name) throws IllegalAccessException {
    try {
      return (byte[]) ExchangeSlot.class.getField(name).get(slot);
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  private static String shown(ExchangeSlot slot) throws IllegalAccessException {
    StringBuilder shown = new StringBuilder();
    for (Field field : ExchangeSlot.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      Object value = field.get(slot);
      if (field.getName().equals("rewritten")) {
        int length = slot.rewrittenLength;
        value = length == 0 ? "" : Arrays.toString(Arrays.copyOf((byte[]) value, length));
      } else if (value instanceof byte[] text) {
        try {
          int length = ExchangeSlot.class.getField(field.getName() + "Length").getInt(slot);
          value = Arrays.toString(Arrays.copyOf(text, length));
        } catch (NoSuchFieldException e) {
          throw new AssertionError(e);
        }
      } else if (value instanceof long[] moments) {
        value = Arrays.toString(moments);
      }
      shown.append(field.getName()).append('=').append(value).append('\n');
    }
    return shown.toString();
  }

  @Test
  void everyFieldComesThroughManyTimesAround() throws Exception {
    ExchangeRing ring = new ExchangeRing(16);
    for (int round = 0; round < 2_000; round++) {
      List<String> sent = new ArrayList<>();
      for (int i = 0; i <= round % 3; i++) {
        ExchangeSlot slot = filled();
        sent.add(shown(slot));
        ring.offer(slot);
      }
      List<String> got = new ArrayList<>();
      int count =
          ring.drain(slot -> {
            try {
              got.add(shown(slot));
            } catch (IllegalAccessException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(got).isEqualTo(sent);
      assertThat(count).isEqualTo(sent.size());
    }
    assertThat(ring.dropped()).isZero();
  }

  @Test
  void whatDoesNotFitIsCountedAndNothingElseIsLost() {
    ExchangeRing ring = new ExchangeRing(16);
    ExchangeSlot slot = new ExchangeSlot();
    slot.clear();
    for (int i = 0; i < 100; i++) {
      slot.id = i;
      ring.offer(slot);
    }
    List<Long> ids = new ArrayList<>();
    int taken = ring.drain(each -> ids.add(each.id));
    assertThat(ring.dropped()).isEqualTo(100 - taken).isPositive();
    assertThat(ids).hasSize(taken).isSorted().startsWith(0L, 1L, 2L);
    slot.id = 7;
    ring.offer(slot);
    assertThat(ring.drain(each -> assertThat(each.id).isEqualTo(7))).isEqualTo(1);
  }

  @Test
  void aReaderThatFailsLosesOneRecord() {
    ExchangeRing ring = new ExchangeRing(16);
    ExchangeSlot slot = new ExchangeSlot();
    slot.clear();
    slot.client = "first";
    ring.offer(slot);
    slot.client = "second";
    ring.offer(slot);
    assertThatThrownBy(() ->
            ring.drain(each -> {
              throw new IllegalStateException("on purpose");
            }))
        .hasMessage("on purpose");
    assertThat(ring.drain(each -> assertThat(each.client).isEqualTo("second"))).isEqualTo(1);
  }

  @Test
  void aReaderBesideTheWriterSeesEachInOrder() throws Exception {
    ExchangeRing ring = new ExchangeRing(1024);
    AtomicLong end = new AtomicLong(MOST_SENT);
    AtomicLong next = new AtomicLong();
    AtomicLong wrong = new AtomicLong();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              while (next.get() < end.get() && !Thread.interrupted()) {
                ring.drain(slot -> {
                  boolean right = slot.id == next.get() && slot.client.equals("" + slot.id % 5);
                  next.set(slot.id + 1);
                  wrong.addAndGet(right ? 0 : 1);
                });
                Thread.onSpinWait();
              }
            });
    ExchangeSlot slot = new ExchangeSlot();
    slot.clear();
    String[] clients = {"0", "1", "2", "3", "4"};
    int sent = 0;
    for (int full = 0; sent < MOST_SENT && full < MOST_FULL; ) {
      slot.id = sent;
      slot.client = clients[sent % 5];
      slot.targetLength = sent % 500;
      long dropped = ring.dropped();
      ring.offer(slot);
      if (ring.dropped() == dropped) {
        sent++;
      } else {
        full++;
        Thread.sleep(1);
      }
    }
    end.set(sent);
    reader.join();
    assertThat(wrong).hasValue(0);
    assertThat(next).hasValue(sent);
  }
}
